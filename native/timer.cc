// A one-shot timer: timerfd on CLOCK_BOOTTIME. Node's own timers count whole milliseconds of CLOCK_MONOTONIC.
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "poll.h"

namespace {

constexpr int64_t kMicrosPerSecond = 1000000;
constexpr double kFarthestMicros = 9007199254740991.0;  // the largest integer that a JavaScript number counts exactly

class Timer : public Wrapped<Timer, 5>, private Watched {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("Timer", DefineClass(env, "Timer",
                                     {InstanceMethod("arm", &Timer::Arm), InstanceMethod("disarm", &Timer::Disarm),
                                      InstanceMethod("close", &Timer::Close)}));
  }

  explicit Timer(const Napi::CallbackInfo& info) : Wrapped(info) {
    Napi::Env env = info.Env();
    if (!info[0].IsFunction()) throw Napi::TypeError::New(env, "onExpire must be a function");
    callback_ = std::make_shared<Callback>(info[0].As<Napi::Function>(), "vrrpd.Timer");
    fd_.Reset(Check(env, timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create"));
    Watch(env, [this] { OnReadable(); });
    Ref();
  }

 private:
  void Arm(const Napi::CallbackInfo& info) {
    double at = info[0].IsNumber() ? info[0].As<Napi::Number>().DoubleValue() : NAN;
    if (std::isnan(at)) throw Napi::TypeError::New(info.Env(), "atMicros must be a number");
    // 0 would disarm; a point that has passed fires at once. Rounded up: never early.
    Set(info.Env(), static_cast<int64_t>(std::ceil(std::clamp(at, 1.0, kFarthestMicros))));
  }

  void Disarm(const Napi::CallbackInfo& info) { Set(info.Env(), 0); }

  // Setting a timerfd forgets an expiration that was not read yet, so no stale call follows.
  void Set(Napi::Env env, int64_t atMicros) {
    itimerspec spec{};
    spec.it_value.tv_sec = atMicros / kMicrosPerSecond;
    spec.it_value.tv_nsec = atMicros % kMicrosPerSecond * 1000;
    Check(env, timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &spec, nullptr), "timerfd_settime");
  }

  void OnReadable() {
    uint64_t expirations;
    if (read(fd_.get(), &expirations, sizeof expirations) == sizeof expirations) Callback::Call(callback_);
  }

  void Close(const Napi::CallbackInfo&) {
    if (CloseWatched()) Unref();
  }
};

Napi::Value NowMicros(const Napi::CallbackInfo& info) {
  timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return Napi::Number::New(info.Env(),
                           static_cast<double>(now.tv_sec) * kMicrosPerSecond + static_cast<double>(now.tv_nsec / 1000));
}

}  // namespace

void InitTimer(Napi::Env env, Napi::Object exports) {
  Timer::Init(env, exports);
  exports.Set("nowMicros", Napi::Function::New(env, NowMicros, "nowMicros"));
}
