#include "children.h"

#include <dirent.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "mutex.h"

namespace {

constexpr int kMostPasses = 8;

struct Registry {
  Mutex mutex;
  std::vector<pid_t> watched;
  std::vector<const pid_t*> starting;
};

// Never destroyed: a thread may still start a child while the process exits.
Registry& registry() {
  static Registry* instance = new Registry();
  return *instance;
}

template <typename Item>
void Remove(std::vector<Item>& items, Item item) {
  items.erase(std::remove(items.begin(), items.end(), item), items.end());
}

/** With the mutex held. A child that has ended has run, so its slot was filled before it could be seen here. */
bool IsWatched(pid_t pid) {
  const Registry& all = registry();
  if (std::find(all.watched.begin(), all.watched.end(), pid) != all.watched.end()) return true;
  return std::any_of(all.starting.begin(), all.starting.end(),
                     [pid](const pid_t* slot) { return __atomic_load_n(slot, __ATOMIC_RELAXED) == pid; });
}

bool ReapUnlessWatched(pid_t pid) {
  std::lock_guard<Mutex> held(registry().mutex);
  return !IsWatched(pid) && waitpid(pid, nullptr, WNOHANG) == pid;
}

/** Any ended child, without reaping it; 0 when there is none. */
pid_t FirstEnded() {
  siginfo_t info{};
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ? info.si_pid : 0;
}

/** The children of every thread of this process, running or ended; false when the kernel does not list them. */
bool ListChildren(std::vector<pid_t>* children) {
  std::unique_ptr<DIR, int (*)(DIR*)> tasks(opendir("/proc/self/task"), closedir);
  if (!tasks) return false;
  bool listed = false;
  while (const dirent* task = readdir(tasks.get())) {
    std::string path = std::string("/proc/self/task/") + task->d_name + "/children";
    std::unique_ptr<FILE, int (*)(FILE*)> list(fopen(path.c_str(), "re"), fclose);
    if (!list) continue;
    listed = true;
    for (int pid; fscanf(list.get(), "%d", &pid) == 1;) children->push_back(pid);
  }
  return listed;
}

}  // namespace

StartingChild::StartingChild() {
  std::lock_guard<Mutex> held(registry().mutex);
  registry().starting.push_back(&pid_);
}

StartingChild::~StartingChild() {
  std::lock_guard<Mutex> held(registry().mutex);
  Remove<const pid_t*>(registry().starting, &pid_);
}

void StartingChild::Keep() {
  std::lock_guard<Mutex> held(registry().mutex);
  isOver_ = true;
  registry().watched.push_back(pid_);
}

void StartingChild::Drop() {
  // It is about to end; the loop, which needs the mutex, does not wait for that.
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) continue;
  std::lock_guard<Mutex> held(registry().mutex);
  isOver_ = true;
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void StartingChild::Cancel() {
  // Before the process id is looked at, as the child looks here after that was written: one of both sees the other.
  isCancelled_.store(true);
  // With the mutex: nobody reaps it meanwhile, so its number is its own.
  std::lock_guard<Mutex> held(registry().mutex);
  pid_t pid = __atomic_load_n(&pid_, __ATOMIC_SEQ_CST);
  if (!isOver_ && pid > 0) kill(pid, SIGKILL);
}

pid_t ReapWatched(pid_t pid, int* status) {
  std::lock_guard<Mutex> held(registry().mutex);
  pid_t result = waitpid(pid, status, WNOHANG);
  if (result != 0) Remove(registry().watched, pid);
  return result;
}

void ForgetWatched(pid_t pid) {
  std::lock_guard<Mutex> held(registry().mutex);
  Remove(registry().watched, pid);
}

int ReapUnwatched() {
  int reaped = 0;
  // The list of children may miss some while it changes, so passes follow until one finds nothing, or for as long as the
  // loop may wait: somebody may make children without end.
  for (int pass = 0; pass < kMostPasses && FirstEnded() != 0; pass++) {
    int before = reaped;
    std::vector<pid_t> children;
    // Without the list only the first ended child is seen; when it is a watched one, those behind it wait for the next
    // call, because it is about to be reaped by its owner.
    if (!ListChildren(&children)) children.push_back(FirstEnded());
    for (pid_t pid : children) reaped += ReapUnlessWatched(pid) ? 1 : 0;
    if (reaped == before) break;
  }
  return reaped;
}
