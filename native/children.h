// The children that spawn waits for, so that nobody else reaps them. Of the whole process, for every thread.
#pragma once

#include <sys/types.h>

#include <atomic>

/** A child that is being started: the kernel writes its process id here before the child runs. */
class StartingChild {
 public:
  StartingChild();
  /** Forgets the child, unless Keep was called. */
  ~StartingChild();
  StartingChild(const StartingChild&) = delete;
  StartingChild& operator=(const StartingChild&) = delete;
  pid_t* slot() { return &pid_; }
  /** It runs: from now on it is a watched child. */
  void Keep();
  /** It did not get to run, and has ended: it is reaped. */
  void Drop();
  /**
   * It is not to run: nothing is started any more, and an exec that the kernel holds up is ended by SIGKILL (where the
   * kernel lets it). Does nothing once it runs.
   */
  void Cancel();
  /** Asked by the child as well, between fork and exec. */
  bool isCancelled() const { return isCancelled_.load(); }

 private:
  pid_t pid_ = 0;
  bool isOver_ = false;
  std::atomic<bool> isCancelled_{false};
};

/** waitpid(2) without waiting for a watched child, which is forgotten when it was reaped. */
pid_t ReapWatched(pid_t pid, int* status);

/** Leaves a watched child to ReapOrphans. */
void ForgetWatched(pid_t pid);

/** Reaps every ended child that is not watched; returns how many. */
int ReapUnwatched();
