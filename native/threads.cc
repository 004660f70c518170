#include "threads.h"

#include <pthread.h>
#include <semaphore.h>

#include <cerrno>
#include <csignal>
#include <deque>
#include <memory>
#include <mutex>

#include "mutex.h"

namespace {

// Several for each of 255 virtual routers: more than a configuration has scripts that can hang at the same time.
constexpr unsigned kMostThreads = 1024;
constexpr size_t kMostWaiting = 4096;
// A little for the work, more for what the C library and sanitizers keep there.
constexpr size_t kStackBytes = 256 * 1024;

/** Begins a thread that handles no signals: those are for the loop's. */
bool Begin(void* (*run)(void*), void* argument) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread;
  bool begun = pthread_create(&thread, &attributes, run, argument) == 0;
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return begun;
}

/** Waits for one, and takes it. */
void Take(sem_t* semaphore) {
  while (sem_wait(semaphore) != 0 && errno == EINTR) continue;
}

/** Makes the threads on one of its own, since that takes longer than the loop should wait. */
class Threads {
 public:
  Threads() {
    sem_init(&wanted_, 0, 0);
    sem_init(&room_, 0, kMostThreads);
  }

  /** False: there is no thread at all, or too much waits already; `work` is as it was. */
  bool Add(Work* work) {
    std::lock_guard<Mutex> held(mutex_);
    if (!isBegun_) isBegun_ = Begin(Dispatch, this);
    if (!isBegun_ || waiting_.size() >= kMostWaiting) return false;
    waiting_.push_back(std::move(*work));
    sem_post(&wanted_);
    return true;
  }

 private:
  static void* Dispatch(void* argument) {
    auto* threads = static_cast<Threads*>(argument);
    for (;;) {
      Take(&threads->wanted_);
      Take(&threads->room_);
      auto work = std::make_unique<Work>(threads->Next());
      if (Begin(RunOne, work.get())) {
        work.release();
        continue;
      }
      sem_post(&threads->room_);
      (*work)(EAGAIN);
    }
  }

  Work Next() {
    std::lock_guard<Mutex> held(mutex_);
    Work next = std::move(waiting_.front());
    waiting_.pop_front();
    return next;
  }

  static void* RunOne(void* argument);

  Mutex mutex_;
  /** One for each piece that waits. */
  sem_t wanted_;
  /** One for each thread that may still begin. */
  sem_t room_;
  std::deque<Work> waiting_;
  bool isBegun_ = false;
};

// Never destroyed: a thread may still be at it while the process exits.
Threads& threads() {
  static Threads* instance = new Threads();
  return *instance;
}

void* Threads::RunOne(void* argument) {
  std::unique_ptr<Work> work(static_cast<Work*>(argument));
  (*work)(0);
  // With all that it holds, before another may begin.
  work.reset();
  sem_post(&threads().room_);
  return nullptr;
}

}  // namespace

void RunOnThread(Work work) {
  if (!threads().Add(&work)) work(EAGAIN);
}
