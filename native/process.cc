// Calls about processes, this one and others.
#include <dirent.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>

#include "common.h"

namespace {

constexpr int64_t kMostMicros = (int64_t{1} << 53) - 1;  // the largest integer that a JavaScript number counts exactly

Napi::Value Kill(const Napi::CallbackInfo& info) {
  int pid = IntOf(info[0], "pid", -INT32_MAX, INT32_MAX);
  int signal = IntOf(info[1], "signal", 0, INT32_MAX);
  // 0 is this process's own group and -1 every process of the machine: only a defect can ask for these.
  if (pid == 0 || pid == -1) return Napi::Number::New(info.Env(), -EINVAL);
  return Napi::Number::New(info.Env(), kill(pid, signal) == 0 ? 0 : -errno);
}

/**
 * The threads that V8 collects garbage and compiles with: the loop waits for them, and under load, at their usual
 * priority, they would not get to run (seen: 212 ms). One that has just ended is no failure.
 */
void SetThreads(int policy, const sched_param& parameters) {
  DIR* threads = opendir("/proc/self/task");
  if (threads == nullptr) return;
  while (dirent* entry = readdir(threads)) {
    pid_t thread = static_cast<pid_t>(strtol(entry->d_name, nullptr, 10));
    if (thread > 0) sched_setscheduler(thread, policy | SCHED_RESET_ON_FORK, &parameters);
  }
  closedir(threads);
}

Napi::Value SetRealtime(const Napi::CallbackInfo& info) {
  sched_param parameters{};
  parameters.sched_priority = IntOf(info[0], "priority", 0, INT32_MAX);
  int64_t warning = IntegerOf(info[1], "warningMicros", 1, kMostMicros);
  int64_t end = IntegerOf(info[2], "endMicros", warning, kMostMicros);
  rlimit micros{static_cast<rlim_t>(warning), static_cast<rlim_t>(end)};
  if (setrlimit(RLIMIT_RTTIME, &micros) != 0) return Napi::Number::New(info.Env(), -errno);
  if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &parameters) != 0) {
    return Napi::Number::New(info.Env(), -errno);
  }
  SetThreads(SCHED_RR, parameters);
  return Napi::Number::New(info.Env(), 0);
}

Napi::Value EndRealtime(const Napi::CallbackInfo& info) {
  sched_param none{};
  // A sleep ends what the kernel has counted of this thread; else that would stand when it becomes real-time again.
  timespec shortest{0, 1};
  nanosleep(&shortest, nullptr);
  // Reset-on-fork stays: to take it back would need CAP_SYS_NICE.
  bool set = sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &none) == 0;
  if (!set) return Napi::Number::New(info.Env(), -errno);
  SetThreads(SCHED_OTHER, none);
  return Napi::Number::New(info.Env(), 0);
}

void ExitNow(const Napi::CallbackInfo& info) { _exit(IntOf(info[0], "code", 0, UINT8_MAX)); }

}  // namespace

void InitProcess(Napi::Env env, Napi::Object exports) {
  exports.Set("kill", Napi::Function::New(env, Kill, "kill"));
  exports.Set("setRealtime", Napi::Function::New(env, SetRealtime, "setRealtime"));
  exports.Set("endRealtime", Napi::Function::New(env, EndRealtime, "endRealtime"));
  exports.Set("exitNow", Napi::Function::New(env, ExitNow, "exitNow"));
}
