// By hand and not with posix_spawn: glibc before 2.34 and musl cannot close the descriptors above 2 there, and the
// process id has to be known to reapOrphans before the child runs.
#include "exec.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

namespace {

constexpr size_t kStackBytes = 64 * 1024;

struct Plan {
  const char* file;
  char** args;
  char** environment;
  int input;
  int output;
  bool realTime;
  const Program* program;
  const StartingChild* child;
  int error;
};

/** Closes what is open from 3 on. As all of the child: system calls alone, no allocation. -1 with errno. */
int CloseAboveTwo() {
  if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return 0;
  int directory = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return -1;
  alignas(dirent64) char entries[2048];
  long bytes;
  while ((bytes = syscall(SYS_getdents64, directory, entries, sizeof entries)) > 0) {
    for (long at = 0; at < bytes;) {
      auto* entry = reinterpret_cast<dirent64*>(entries + at);
      at += entry->d_reclen;
      int fd = 0;
      for (const char* digit = entry->d_name; *digit >= '0' && *digit <= '9'; digit++) fd = fd * 10 + (*digit - '0');
      if (fd > 2 && fd != directory) close(fd);
    }
  }
  return bytes < 0 ? -1 : close(directory);
}

bool Prepare(const Plan& plan) {
  // Every handler back to default before the mask opens: the child shares its memory with the parent until exec, and
  // must not run the parent's handlers. An ignored signal (SIGPIPE is, in Node) would stay ignored after exec.
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &standard, nullptr);
  sched_param none = {};
  if (plan.realTime && sched_setscheduler(0, SCHED_OTHER, &none) != 0) return false;
  if (setpgid(0, 0) != 0) return false;
  if (dup2(plan.input, 0) < 0 || dup2(plan.output, 1) < 0 || dup2(plan.output, 2) < 0) return false;
  if (CloseAboveTwo() != 0 || chdir("/") != 0) return false;
  const Program& program = *plan.program;
  if (program.confined && !Confine(program.identity ? &*program.identity : nullptr)) return false;
  if (!program.confined && program.identity && !BecomeUser(*program.identity)) return false;
  sigset_t empty;
  sigemptyset(&empty);
  return sigprocmask(SIG_SETMASK, &empty, nullptr) == 0;
}

int RunChild(void* argument) {
  auto* plan = static_cast<Plan*>(argument);
  if (Prepare(*plan)) {
    if (plan->child->isCancelled()) errno = ECANCELED;
    else if (plan->program->access == 0) execve(plan->file, plan->args, plan->environment);
    else if (access(plan->file, plan->program->access) == 0) _exit(0);
  }
  plan->error = errno;
  _exit(127);
}

/** As vfork(2), on a stack of its own and with the process id in `slot` before the child runs. -1 with errno. */
pid_t Vfork(Plan* plan, pid_t* slot) {
  auto stack = std::make_unique<char[]>(kStackBytes);
  auto top = reinterpret_cast<uintptr_t>(stack.get() + kStackBytes) & ~static_cast<uintptr_t>(15);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = clone(RunChild, reinterpret_cast<void*>(top), CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD, plan,
                    slot);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

bool IsRealTime() {
  int policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
  return policy == SCHED_RR || policy == SCHED_FIFO || policy == SCHED_DEADLINE;
}

}  // namespace

Started Start(const Program& program, StartingChild* child) {
  Started started;
  if (child->isCancelled()) {
    started.error = ECANCELED;
    return started;
  }
  Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  Fd write;
  int ends[2];
  if (null && program.captureOutput && pipe2(ends, O_CLOEXEC) == 0) {
    started.output.Reset(ends[0]);
    write.Reset(ends[1]);
    fcntl(started.output.get(), F_SETFL, O_NONBLOCK);
  }
  if (!null || (program.captureOutput && !write)) {
    started.error = errno;
    return started;
  }
  // So that it can open /dev/stderr, which leads to the pipe.
  if (write && program.identity && fchown(write.get(), program.identity->uid, program.identity->gid) != 0) errno = 0;
  std::vector<char*> args = PointersOf(program.args);
  std::vector<char*> environment = PointersOf(program.environment);
  int output = program.captureOutput ? write.get() : null.get();
  Plan plan{program.file.c_str(), args.data(), environment.data(), null.get(), output, IsRealTime(), &program, child, 0};
  pid_t pid = Vfork(&plan, child->slot());
  if (pid < 0) plan.error = errno;
  if (plan.error != 0) {
    if (pid > 0) child->Drop();
    started.output.Reset();
    started.error = plan.error;
    return started;
  }
  child->Keep();
  started.pid = pid;
  started.pidfd.Reset(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  return started;
}
