// Whole packets out, each with its IP header: AF_INET or AF_INET6, SOCK_RAW. For hosts on which raw-socket does not load.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <climits>
#include <string>

#include "common.h"

namespace {

class RawSender : public Wrapped<RawSender, 9> {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("RawSender", DefineClass(env, "RawSender",
                                         {InstanceMethod("setOption", &RawSender::SetOptionOf),
                                          InstanceMethod("send", &RawSender::Send),
                                          InstanceMethod("close", &RawSender::Close)}));
  }

  explicit RawSender(const Napi::CallbackInfo& info) : Wrapped(info), isIpv6_(IsIpv6(info[0])) {
    int family = isIpv6_ ? AF_INET6 : AF_INET;
    // IPPROTO_RAW: packets of any protocol go out, and none comes in.
    fd_.Reset(Check(info.Env(), socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW), "socket"));
  }

 private:
  void SetOptionOf(const Napi::CallbackInfo& info) {
    int level = IntOf(info[0], "level", 0, INT_MAX);
    int option = IntOf(info[1], "option", 0, INT_MAX);
    Bytes value = BytesOf(info[2]);
    int set = setsockopt(fd_.get(), level, option, value.data, static_cast<socklen_t>(value.length));
    Check(info.Env(), set, "setsockopt");
  }

  Napi::Value Send(const Napi::CallbackInfo& info) {
    Bytes packet = BytesOf(info[0]);
    std::string destination = TextOf(info[1], "destination");
    return Napi::Number::New(info.Env(), -SendTo(packet, destination.c_str()));
  }

  /** 0, or the errno. */
  int SendTo(Bytes packet, const char* destination) {
    sockaddr_in6 six{};
    sockaddr_in four{};
    six.sin6_family = AF_INET6;
    four.sin_family = AF_INET;
    void* bytes = isIpv6_ ? static_cast<void*>(&six.sin6_addr) : static_cast<void*>(&four.sin_addr);
    if (inet_pton(isIpv6_ ? AF_INET6 : AF_INET, destination, bytes) != 1) return EINVAL;
    auto* address = isIpv6_ ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
    socklen_t length = isIpv6_ ? sizeof six : sizeof four;
    for (;;) {
      if (sendto(fd_.get(), packet.data, packet.length, MSG_DONTWAIT, address, length) >= 0) return 0;
      if (errno != EINTR) return errno;
    }
  }

  void Close(const Napi::CallbackInfo&) { fd_.Reset(); }

  Fd fd_;
  bool isIpv6_;
};

}  // namespace

void InitRawSender(Napi::Env env, Napi::Object exports) { RawSender::Init(env, exports); }
