// Datagrams to Unix sockets, each named anew: whoever listens there may go and come back (the service manager, syslog).
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

#include "common.h"

namespace {

/** A name in the abstract namespace, where NUL is a byte like any other, begins with one; a path has none. */
std::string NameOf(const Napi::Value& value) {
  std::string name = StringOf(value, "path");
  return !name.empty() && name[0] == '\0' ? name : TextOf(value, "path");
}

class UnixDatagrams : public Wrapped<UnixDatagrams, 8> {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("UnixDatagrams", DefineClass(env, "UnixDatagrams",
                                             {InstanceMethod("send", &UnixDatagrams::Send),
                                              InstanceMethod("close", &UnixDatagrams::Close)}));
  }

  explicit UnixDatagrams(const Napi::CallbackInfo& info)
      : Wrapped(info),
        fd_(Check(info.Env(), socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket")) {}

 private:
  Napi::Value Send(const Napi::CallbackInfo& info) {
    std::string name = NameOf(info[0]);
    Bytes message = BytesOf(info[1]);
    return Napi::Number::New(info.Env(), -SendTo(name, message));
  }

  /** 0, or the errno. */
  int SendTo(const std::string& name, Bytes message) {
    sockaddr_un address{};
    if (name.size() > sizeof address.sun_path) return ENAMETOOLONG;
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, name.data(), name.size());
    socklen_t length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    for (;;) {
      ssize_t sent = sendto(fd_.get(), message.data, message.length, MSG_DONTWAIT | MSG_NOSIGNAL,
                            reinterpret_cast<sockaddr*>(&address), length);
      if (sent >= 0) return 0;
      if (errno != EINTR) return errno;
    }
  }

  void Close(const Napi::CallbackInfo&) { fd_.Reset(); }

  Fd fd_;
};

}  // namespace

void InitUnixDatagrams(Napi::Env env, Napi::Object exports) { UnixDatagrams::Init(env, exports); }
