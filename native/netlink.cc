// A netlink socket, of rtnetlink or another protocol. Bytes only: TypeScript parses.
#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>

#include "poll.h"

namespace {

// The kernel's largest rtnetlink datagram (NLMSG_GOODSIZE grows to this for dumps).
constexpr size_t kLargestDatagram = 32 * 1024;
// One send carries a message for each of a thousand addresses and more.
constexpr int kSendBufferBytes = 1024 * 1024;

// Whoever has CAP_NET_ADMIN may send to the groups that this one joins: dropped at once, and the others the next time.
constexpr int kMostForeign = 64;

class NetlinkSocket : public Wrapped<NetlinkSocket, 2>, private Watched {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("NetlinkSocket",
                DefineClass(env, "NetlinkSocket",
                            {InstanceMethod("send", &NetlinkSocket::Send),
                             InstanceMethod("receive", &NetlinkSocket::Receive),
                             InstanceMethod("close", &NetlinkSocket::Close),
                             InstanceAccessor<&NetlinkSocket::PortId>("portId"),
                             InstanceAccessor<&NetlinkSocket::ForeignDatagrams>("foreignDatagrams")}));
  }

  explicit NetlinkSocket(const Napi::CallbackInfo& info) : Wrapped(info) {
    Napi::Env env = info.Env();
    Napi::Object options = OptionsOf(info[0]);
    int receiveBufferBytes = IntOf(options.Get("receiveBufferBytes"), "receiveBufferBytes", 0, INT32_MAX);
    sockaddr_nl local{};
    local.nl_family = AF_NETLINK;
    local.nl_groups = static_cast<uint32_t>(IntegerOf(options.Get("groups"), "groups", 0, UINT32_MAX));
    Napi::Value onReadable = options.Get("onReadable");
    Napi::Value wanted = options.Get("protocol");
    int protocol = wanted.IsUndefined() ? NETLINK_ROUTE : IntOf(wanted, "protocol", 0, MAX_LINKS - 1);
    Napi::Value filter = options.Get("filter");
    fd_.Reset(Check(env, socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol), "socket"));
    SetBufferBytes(fd_.get(), SO_RCVBUFFORCE, SO_RCVBUF, receiveBufferBytes);
    SetBufferBytes(fd_.get(), SO_SNDBUFFORCE, SO_SNDBUF, kSendBufferBytes);
    // Filters of a dump request are obeyed or refused, not ignored. Kernels before 4.20 lack it and filter nothing.
    SetOption(fd_.get(), SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
    if (!filter.IsNull() && !filter.IsUndefined()) Check(env, SetFilter(fd_.get(), BytesOf(filter)), "setsockopt");
    Check(env, bind(fd_.get(), reinterpret_cast<sockaddr*>(&local), sizeof local), "bind");
    socklen_t length = sizeof local;
    Check(env, getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&local), &length), "getsockname");
    portId_ = local.nl_pid;
    // To the kernel: it then refuses what other processes send to this socket, which would fill its buffer.
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    Check(env, connect(fd_.get(), reinterpret_cast<sockaddr*>(&kernel), sizeof kernel), "connect");
    WatchWith(onReadable, "vrrpd.NetlinkSocket");
    if (watching()) Ref();
  }

 private:
  Napi::Value PortId(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), portId_); }
  Napi::Value ForeignDatagrams(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), foreign_); }

  Napi::Value Send(const Napi::CallbackInfo& info) {
    Bytes messages = BytesOf(info[0]);
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    ssize_t sent;
    do {
      sent = sendto(fd_.get(), messages.data, messages.length, 0, reinterpret_cast<sockaddr*>(&kernel), sizeof kernel);
    } while (sent < 0 && errno == EINTR);
    return Napi::Number::New(info.Env(), sent < 0 ? -errno : 0);
  }

  Napi::Value Receive(const Napi::CallbackInfo& info) {
    Bytes buffer = BytesOf(info[0]);
    if (pendingError_ != 0) {
      int error = pendingError_;
      SetPendingError(0);
      return Napi::Number::New(info.Env(), -error);
    }
    size_t used = 0;
    int error = 0;
    do {
      ssize_t length = ReceiveOne({buffer.data + used, buffer.length - used});
      if (length == 0) break;
      if (length < 0) {
        error = static_cast<int>(-length);
        break;
      }
      used += static_cast<size_t>(length);
    } while (buffer.length - used >= kLargestDatagram);
    if (used == 0) return Napi::Number::New(info.Env(), -error);
    if (error != 0) SetPendingError(error);
    return Napi::Number::New(info.Env(), static_cast<double>(used));
  }

  /** The length of one datagram of the kernel, 0 when nothing is queued, or only what others sent; or -errno. */
  ssize_t ReceiveOne(Bytes room) {
    for (int dropped = 0; dropped < kMostForeign;) {
      sockaddr_nl sender{};
      iovec part{room.data, room.length};
      msghdr message{};
      message.msg_name = &sender;
      message.msg_namelen = sizeof sender;
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      ssize_t length = recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_TRUNC);
      if (length < 0 && errno == EINTR) continue;
      if (length < 0) return errno == EAGAIN ? 0 : -errno;
      if (message.msg_namelen < sizeof sender || sender.nl_pid != 0) {
        foreign_++;
        dropped++;
        continue;
      }
      if (message.msg_flags & MSG_TRUNC) return -EMSGSIZE;
      if (length > 0) return length;
    }
    return 0;
  }

  // The kernel reports an error once. When one comes after bytes that were read in the same call it is kept for the
  // next call, and writability, which a netlink socket always has, wakes the loop for it.
  void SetPendingError(int error) {
    pendingError_ = error;
    if (watching()) poll_->Want(error == 0 ? UV_READABLE : UV_READABLE | UV_WRITABLE);
  }

  void Close(const Napi::CallbackInfo&) {
    bool held = watching();
    if (CloseWatched() && held) Unref();
  }

  uint32_t portId_ = 0;
  uint32_t foreign_ = 0;
  int pendingError_ = 0;
};

}  // namespace

void InitNetlink(Napi::Env env, Napi::Object exports) { NetlinkSocket::Init(env, exports); }
