// A named lock: whoever has bound the abstract Unix socket of that name holds it. The kernel frees it with the process.
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "poll.h"

namespace {

// A query leaves a connection in the queue until the holder accepts it, also after the asker is gone. The holder's loop
// accepts and closes them; this room (up to net.core.somaxconn) is for the time in which its loop is busy or stopped.
constexpr int kBacklog = 4096;
// Anybody in the network namespace may connect, as fast as they like: so many are taken at once, and then none for a
// while. The same while passes where no descriptor is left to take one with.
constexpr int kMostAtOnce = 16;
constexpr uint64_t kPauseMillis = 50;

struct Address {
  sockaddr_un name{};
  socklen_t length = 0;
};

/** The abstract name, without padding: its length is part of it. Throws when it is empty or too long. */
Address AddressOf(const Napi::Value& value) {
  std::string name = StringOf(value, "the name");
  Address address;
  if (name.empty()) ThrowErrno(value.Env(), EINVAL, "bind");
  if (name.size() >= sizeof address.name.sun_path) ThrowErrno(value.Env(), ENAMETOOLONG, "bind");
  address.name.sun_family = AF_UNIX;
  memcpy(address.name.sun_path + 1, name.data(), name.size());
  address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  return address;
}

Fd OpenSocket(Napi::Env env) {
  return Fd(Check(env, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
}

class Lock : public Wrapped<Lock, 1>, private Watched {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("Lock", DefineClass(env, "Lock", {InstanceMethod("close", &Lock::Close)}));
  }

  explicit Lock(const Napi::CallbackInfo& info) : Wrapped(info) {
    Address address = AddressOf(info[0]);
    fd_ = OpenSocket(info.Env());
    Check(info.Env(), bind(fd_.get(), reinterpret_cast<sockaddr*>(&address.name), address.length), "bind");
    Check(info.Env(), listen(fd_.get(), kBacklog), "listen");
    Watch(info.Env(), [this] { DropQueries(); });
    poll_->Unref();
    pause_ = std::make_unique<Pause>(info.Env(), [this] { poll_->Want(UV_READABLE); });
    Ref();
  }

 private:
  void DropQueries() {
    for (int i = 0; i < kMostAtOnce; i++) {
      Fd query(accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (query || errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EAGAIN) return;
      break;
    }
    poll_->Want(UV_DISCONNECT);
    pause_->Start(kPauseMillis);
  }

  void Close(const Napi::CallbackInfo&) {
    pause_.reset();
    if (CloseWatched()) Unref();
  }

  std::unique_ptr<Pause> pause_;
};

/** Whether somebody has bound the name, listening or not: asked by binding it for a moment. */
Napi::Value IsLockTaken(const Napi::CallbackInfo& info) {
  Address address = AddressOf(info[0]);
  Fd trial = OpenSocket(info.Env());
  bool bound = bind(trial.get(), reinterpret_cast<sockaddr*>(&address.name), address.length) == 0;
  if (!bound && errno != EADDRINUSE) ThrowErrno(info.Env(), errno, "bind");
  return Napi::Boolean::New(info.Env(), !bound);
}

Napi::Value LockHolder(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Address address = AddressOf(info[0]);
  Fd query = OpenSocket(env);
  int connected;
  do {
    connected = connect(query.get(), reinterpret_cast<sockaddr*>(&address.name), address.length);
  } while (connected < 0 && errno == EINTR);
  if (connected < 0 && errno == ECONNREFUSED) return env.Null();
  // EAGAIN, a full queue, is thrown as well: somebody holds the lock, and the kernel does not say who.
  Check(env, connected, "connect");
  ucred credentials = PeerOf(env, query.get());
  Napi::Object holder = Napi::Object::New(env);
  holder.Set("pid", Napi::Number::New(env, credentials.pid));
  holder.Set("uid", Napi::Number::New(env, credentials.uid));
  return holder;
}

}  // namespace

void InitLock(Napi::Env env, Napi::Object exports) {
  Lock::Init(env, exports);
  exports.Set("isLockTaken", Napi::Function::New(env, IsLockTaken, "isLockTaken"));
  exports.Set("lockHolder", Napi::Function::New(env, LockHolder, "lockHolder"));
}
