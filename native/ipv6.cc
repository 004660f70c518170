// IPv6 packets of one protocol on one interface, with what the header says: AF_INET6, SOCK_RAW.
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "poll.h"

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

namespace {

constexpr size_t kAddressLength = 16;

int BindToInterface(int fd, int index) {
  // By index nothing checks that the interface exists. 0 would unbind, and has no name either.
  char name[IF_NAMESIZE];
  if (if_indextoname(static_cast<unsigned>(index), name) == nullptr) {
    errno = ENODEV;
    return -1;
  }
  if (SetOption(fd, SOL_SOCKET, SO_BINDTOIFINDEX, index) == 0) return 0;
  if (errno != ENOPROTOOPT) return -1;
  // Kernels before 5.1 bind by name alone.
  return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, static_cast<socklen_t>(strlen(name)));
}

class Ipv6Receiver : public Napi::ObjectWrap<Ipv6Receiver>, private Watched {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("Ipv6Receiver",
                DefineClass(env, "Ipv6Receiver",
                            {InstanceMethod("receive", &Ipv6Receiver::Receive),
                             InstanceMethod("pause", &Ipv6Receiver::Pause),
                             InstanceMethod("close", &Ipv6Receiver::Close),
                             InstanceAccessor<&Ipv6Receiver::HopLimit>("hopLimit"),
                             InstanceAccessor<&Ipv6Receiver::Source>("source"),
                             InstanceAccessor<&Ipv6Receiver::Destination>("destination")}));
  }

  explicit Ipv6Receiver(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    Napi::Env env = info.Env();
    Napi::Object options = info[0].ToObject();
    int receiveBufferBytes = IntegerOf(options.Get("receiveBufferBytes"), "receiveBufferBytes");
    Open(env, IntegerOf(options.Get("protocol"), "protocol"), IntegerOf(options.Get("interfaceIndex"), "interfaceIndex"));
    SetBufferBytes(fd_.get(), SO_RCVBUFFORCE, SO_RCVBUF, receiveBufferBytes);
    Join(options.Get("groups"), options.Get("interfaceIndex").As<Napi::Number>().Uint32Value());
    source_ = Napi::Persistent(Napi::Uint8Array::New(env, kAddressLength));
    destination_ = Napi::Persistent(Napi::Uint8Array::New(env, kAddressLength));
    if (!options.Get("onReadable").IsFunction()) throw Napi::TypeError::New(env, "onReadable must be a function");
    WatchWith(options.Get("onReadable"), "vrrpd.Ipv6Receiver");
    Ref();
  }

 private:
  void Open(Napi::Env env, int protocol, int interfaceIndex) {
    fd_.Reset(Check(env, socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol), "socket"));
    Check(env, BindToInterface(fd_.get(), interfaceIndex), "setsockopt SO_BINDTOIFINDEX");
    // What came in on another interface before the socket was bound to this one.
    while (recv(fd_.get(), nullptr, 0, MSG_DONTWAIT | MSG_TRUNC) >= 0) continue;
    Check(env, SetOption(fd_.get(), IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1), "setsockopt IPV6_RECVHOPLIMIT");
    Check(env, SetOption(fd_.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, 1), "setsockopt IPV6_RECVPKTINFO");
  }

  void Join(const Napi::Value& value, unsigned interfaceIndex) {
    if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), "groups must be an array");
    Napi::Array groups = value.As<Napi::Array>();
    for (uint32_t i = 0; i < groups.Length(); i++) {
      Bytes group = BytesOf(groups.Get(i));
      if (group.length != kAddressLength) throw Napi::TypeError::New(value.Env(), "a group must have 16 bytes");
      ipv6_mreq request{};
      memcpy(&request.ipv6mr_multiaddr, group.data, kAddressLength);
      request.ipv6mr_interface = interfaceIndex;
      int joined = setsockopt(fd_.get(), IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request);
      Check(value.Env(), joined, "setsockopt IPV6_JOIN_GROUP");
    }
  }

  Napi::Value HopLimit(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), hopLimit_); }
  Napi::Value Source(const Napi::CallbackInfo&) { return source_.Value(); }
  Napi::Value Destination(const Napi::CallbackInfo&) { return destination_.Value(); }

  Napi::Value Receive(const Napi::CallbackInfo& info) {
    Bytes buffer = BytesOf(info[0]);
    sockaddr_in6 sender{};
    iovec part{buffer.data, buffer.length};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(in6_pktinfo))];
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof sender;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t length;
    do {
      length = recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_TRUNC);
    } while (length < 0 && errno == EINTR);
    if (length < 0) return Napi::Number::New(info.Env(), errno == EAGAIN ? 0 : -errno);
    TakeHeader(sender, message);
    if (length == 0) return Napi::Number::New(info.Env(), -EBADMSG);  // 0 says that nothing is queued
    if (message.msg_flags & MSG_TRUNC) return Napi::Number::New(info.Env(), -EMSGSIZE);
    return Napi::Number::New(info.Env(), static_cast<double>(length));
  }

  void TakeHeader(const sockaddr_in6& sender, msghdr& message) {
    hopLimit_ = -1;
    in6_addr destination = in6addr_any;
    for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
      if (item->cmsg_level != IPPROTO_IPV6) continue;
      if (item->cmsg_type == IPV6_HOPLIMIT) memcpy(&hopLimit_, CMSG_DATA(item), sizeof hopLimit_);
      if (item->cmsg_type == IPV6_PKTINFO) memcpy(&destination, CMSG_DATA(item), sizeof destination);
    }
    Store(source_.Value(), sender.sin6_addr);
    Store(destination_.Value(), destination);
  }

  // The array is looked up each time: a script that transferred its memory away must not make this write into it.
  static void Store(const Napi::Value& array, const in6_addr& address) {
    Bytes bytes = BytesOf(array);
    if (bytes.length == kAddressLength) memcpy(bytes.data, &address, kAddressLength);
  }

  void Pause(const Napi::CallbackInfo& info) {
    if (watching()) poll_->Want(info[0].ToBoolean() ? UV_DISCONNECT : UV_READABLE);
  }

  void Close(const Napi::CallbackInfo&) {
    if (CloseWatched()) Unref();
  }

  int hopLimit_ = -1;
  Napi::Reference<Napi::Uint8Array> source_;
  Napi::Reference<Napi::Uint8Array> destination_;
};

}  // namespace

void InitIpv6(Napi::Env env, Napi::Object exports) { Ipv6Receiver::Init(env, exports); }
