// Calls about processes, this one and others.
#include <dirent.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "common.h"

namespace {

constexpr int kArgStartField = 48;  // of /proc/PID/stat, see proc(5); the end follows
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

/** Where the kernel reads this process's command line; empty where /proc does not say. */
Bytes CommandLine() {
  FILE* file = fopen("/proc/self/stat", "re");
  if (file == nullptr) return {nullptr, 0};
  char text[4096];
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  // The process's name, in parentheses, may hold anything. Field 3 follows it.
  const char* at = strrchr(text, ')');
  for (int field = 3; at != nullptr && field <= kArgStartField; field++) at = strchr(at + 1, ' ');
  unsigned long start = 0;
  unsigned long end = 0;
  if (at == nullptr || sscanf(at, " %lu %lu", &start, &end) != 2 || start == 0 || end < start) return {nullptr, 0};
  return {reinterpret_cast<uint8_t*>(start), end - start};
}

Napi::Value SetCommandLine(const Napi::CallbackInfo& info) {
  std::vector<std::string> words = TextsOf(info[0], "words");
  Bytes line = CommandLine();
  if (line.length == 0) return Napi::Number::New(info.Env(), -ENOENT);
  std::string text;
  for (const std::string& word : words) text.append(word).push_back('\0');
  size_t written = std::min(text.size(), line.length);
  memset(line.data, 0, line.length);
  // The last byte stays 0: the kernel would read on behind the end else.
  memcpy(line.data, text.data(), std::min(written, line.length - 1));
  // Else readers find the rest as empty words. That takes CAP_SYS_RESOURCE.
  prctl(PR_SET_MM, PR_SET_MM_ARG_END, reinterpret_cast<unsigned long>(line.data) + written, 0, 0);
  return Napi::Number::New(info.Env(), 0);
}

void ExitNow(const Napi::CallbackInfo& info) { _exit(IntOf(info[0], "code", 0, UINT8_MAX)); }

}  // namespace

void InitProcess(Napi::Env env, Napi::Object exports) {
  exports.Set("kill", Napi::Function::New(env, Kill, "kill"));
  exports.Set("setRealtime", Napi::Function::New(env, SetRealtime, "setRealtime"));
  exports.Set("endRealtime", Napi::Function::New(env, EndRealtime, "endRealtime"));
  exports.Set("setCommandLine", Napi::Function::New(env, SetCommandLine, "setCommandLine"));
  exports.Set("exitNow", Napi::Function::New(env, ExitNow, "exitNow"));
}
