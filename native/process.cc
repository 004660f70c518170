// Calls about processes, this one and others.
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <csignal>

#include "common.h"

namespace {

Napi::Value Kill(const Napi::CallbackInfo& info) {
  int pid = IntegerOf(info[0], "pid");
  int signal = IntegerOf(info[1], "signal");
  // 0 is this process's own group and -1 every process of the machine: only a defect can ask for these.
  if (pid == 0 || pid == -1) return Napi::Number::New(info.Env(), -EINVAL);
  return Napi::Number::New(info.Env(), kill(pid, signal) == 0 ? 0 : -errno);
}

Napi::Value SetRealtime(const Napi::CallbackInfo& info) {
  sched_param parameters{};
  parameters.sched_priority = IntegerOf(info[0], "priority");
  double limit = info[1].ToNumber().DoubleValue();
  if (!(limit >= 1) || !std::isfinite(limit)) return Napi::Number::New(info.Env(), -EINVAL);
  // The limit first: never real-time without it.
  rlimit micros{static_cast<rlim_t>(limit), static_cast<rlim_t>(limit)};
  bool set = setrlimit(RLIMIT_RTTIME, &micros) == 0 &&
             sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &parameters) == 0;
  return Napi::Number::New(info.Env(), set ? 0 : -errno);
}

void ExitNow(const Napi::CallbackInfo& info) { _exit(IntegerOf(info[0], "code")); }

}  // namespace

void InitProcess(Napi::Env env, Napi::Object exports) {
  exports.Set("kill", Napi::Function::New(env, Kill, "kill"));
  exports.Set("setRealtime", Napi::Function::New(env, SetRealtime, "setRealtime"));
  exports.Set("exitNow", Napi::Function::New(env, ExitNow, "exitNow"));
}
