// Real-time signals, and this process started anew without them.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

#include "poll.h"

namespace {

// What the handler touches: it may run on any thread, at any moment.
std::atomic<int> wakeUp{-1};
std::atomic<uint64_t> arrived{0};

void OnSignal(int signal) {
  int saved = errno;
  arrived.fetch_or(uint64_t{1} << (signal - SIGRTMIN));
  uint64_t one = 1;
  // A full counter wakes as well.
  if (write(wakeUp.load(), &one, sizeof one) < 0) errno = 0;
  errno = saved;
}

void SetRealtimeSignals(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; signal++) sigaction(signal, &action, nullptr);
}

class RealtimeSignals : public Wrapped<RealtimeSignals, 6>, private Watched {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("RealtimeSignals",
                DefineClass(env, "RealtimeSignals", {InstanceMethod("close", &RealtimeSignals::Close)}));
  }

  explicit RealtimeSignals(const Napi::CallbackInfo& info) : Wrapped(info) {
    Napi::Env env = info.Env();
    if (!info[0].IsFunction()) throw Napi::TypeError::New(env, "onSignal must be a function");
    callback_ = std::make_shared<Callback>(info[0].As<Napi::Function>(), "vrrpd.RealtimeSignals");
    fd_.Reset(Check(env, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd"));
    Watch(env, [this] { OnReadable(); });
    poll_->Unref();
    // Last: where this throws no destructor follows that would take it back.
    int nobody = -1;
    if (!wakeUp.compare_exchange_strong(nobody, fd_.get())) ThrowErrno(env, EBUSY, "sigaction");
    isWatching_ = true;
    SetRealtimeSignals(OnSignal);
    Ref();
  }

  ~RealtimeSignals() { Ignore(); }

 private:
  void OnReadable() {
    uint64_t count;
    if (read(fd_.get(), &count, sizeof count) < 0) return;
    uint64_t signals = arrived.exchange(0);
    // The function may close this.
    std::shared_ptr<Callback> callback = callback_;
    Napi::Env env = Env();
    Napi::HandleScope scope(env);
    for (int number = 0; signals >> number != 0; number++) {
      if ((signals >> number & 1) != 0) Callback::Call(callback, {Napi::Number::New(env, number)});
    }
  }

  void Ignore() {
    if (!isWatching_) return;
    isWatching_ = false;
    SetRealtimeSignals(SIG_IGN);
    wakeUp.store(-1);
  }

  void Close(const Napi::CallbackInfo&) {
    Ignore();
    if (CloseWatched()) Unref();
  }

  bool isWatching_ = false;
};

Napi::Value ReplaceProcess(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::string file = TextOf(info[0], "file");
  std::vector<std::string> args = TextsOf(info[1], "args");
  std::vector<std::string> environment = TextsOf(info[2], "environment");
  std::vector<char*> argPointers = PointersOf(args);
  std::vector<char*> environmentPointers = PointersOf(environment);
  // Until Node has begun in it SIGUSR1 would end the process, as the others would at any time.
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before = {};
  sigaction(SIGUSR1, &ignore, &before);
  SetRealtimeSignals(SIG_IGN);
  // Node has marked all descriptors of its start as close-on-exec.
  for (int fd = 0; fd <= 2; fd++) fcntl(fd, F_SETFD, 0);
  execve(file.c_str(), argPointers.data(), environmentPointers.data());
  int error = errno;
  sigaction(SIGUSR1, &before, nullptr);
  return Napi::Number::New(env, -error);
}

}  // namespace

void InitSignals(Napi::Env env, Napi::Object exports) {
  RealtimeSignals::Init(env, exports);
  exports.Set("replaceProcess", Napi::Function::New(env, ReplaceProcess, "replaceProcess"));
}
