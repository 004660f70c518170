// Link-layer frames of one interface: AF_PACKET, SOCK_RAW.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "poll.h"

namespace {

constexpr uint32_t kBatch = 128;
constexpr uint32_t kMostFrames = 1 << 16;
// A thousand small frames, at the 768 bytes and more that the kernel charges for each, before the device took any.
constexpr int kSendBufferBytes = 2 * 1024 * 1024;
// Ahead of bulk traffic in the queueing discipline and, where mapped, on the link (TC_PRIO_INTERACTIVE).
constexpr int kPriority = 6;

class PacketSocket : public Wrapped<PacketSocket, 3>, private Watched {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("PacketSocket",
                DefineClass(env, "PacketSocket",
                            {InstanceMethod("send", &PacketSocket::Send),
                             InstanceMethod("receive", &PacketSocket::Receive),
                             InstanceMethod("close", &PacketSocket::Close),
                             InstanceAccessor<&PacketSocket::LastErrno>("lastErrno")}));
  }

  explicit PacketSocket(const Napi::CallbackInfo& info) : Wrapped(info) {
    Napi::Env env = info.Env();
    Napi::Object options = OptionsOf(info[0]);
    int interfaceIndex = IntOf(options.Get("interfaceIndex"), "interfaceIndex", 0, INT32_MAX);
    int etherType = IntOf(options.Get("etherType"), "etherType", 0, UINT16_MAX);
    Napi::Value onReadable = options.Get("onReadable");
    Napi::Value filter = options.Get("filter");
    // Protocol 0 until bind names interface and type: nothing of another interface gets in between.
    fd_.Reset(Check(env, socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
    SetBufferBytes(fd_.get(), SO_SNDBUFFORCE, SO_SNDBUF, kSendBufferBytes);
    Check(env, SetOption(fd_.get(), SOL_SOCKET, SO_PRIORITY, kPriority), "setsockopt SO_PRIORITY");
    if (!filter.IsNull() && !filter.IsUndefined()) {
      Check(env, SetFilter(fd_.get(), BytesOf(filter)), "setsockopt SO_ATTACH_FILTER");
    }
    sockaddr_ll local{};
    local.sll_family = AF_PACKET;
    local.sll_ifindex = interfaceIndex;
    local.sll_protocol = htons(static_cast<uint16_t>(etherType));
    if (local.sll_ifindex <= 0) ThrowErrno(env, ENODEV, "bind");  // 0 would mean every interface
    Check(env, bind(fd_.get(), reinterpret_cast<sockaddr*>(&local), sizeof local), "bind");
    WatchWith(onReadable, "vrrpd.PacketSocket");
    if (watching()) Ref();
  }

 private:
  Napi::Value LastErrno(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), lastErrno_); }

  Napi::Value Send(const Napi::CallbackInfo& info) {
    // Getters of the array run here and not below: they could take away the memory that is being sent.
    std::vector<Napi::Value> frames = ItemsOf(info[0], "frames", kMostFrames);
    uint32_t count = static_cast<uint32_t>(frames.size());
    uint32_t sent = 0;
    lastErrno_ = 0;
    while (sent < count && lastErrno_ == 0) sent += SendBatch(frames, sent, std::min(kBatch, count - sent));
    return Napi::Number::New(info.Env(), sent);
  }

  /** How many of `count` frames from `first` on went out; sets lastErrno when the next one was refused. */
  uint32_t SendBatch(const std::vector<Napi::Value>& frames, uint32_t first, uint32_t count) {
    mmsghdr messages[kBatch] = {};
    iovec parts[kBatch];
    for (uint32_t i = 0; i < count; i++) {
      Bytes frame = BytesOf(frames[first + i]);
      parts[i] = {frame.data, frame.length};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    uint32_t sent = 0;
    while (sent < count) {
      int result = sendmmsg(fd_.get(), messages + sent, count - sent, MSG_DONTWAIT);
      if (result < 0 && errno == EINTR) continue;
      if (result < 0) {
        lastErrno_ = errno;
        break;
      }
      sent += static_cast<uint32_t>(result);
    }
    return sent;
  }

  Napi::Value Receive(const Napi::CallbackInfo& info) {
    Bytes buffer = BytesOf(info[0]);
    ssize_t length;
    do {
      length = recv(fd_.get(), buffer.data, buffer.length, MSG_DONTWAIT | MSG_TRUNC);
    } while (length < 0 && errno == EINTR);
    if (length < 0) length = errno == EAGAIN ? 0 : -errno;
    if (length > static_cast<ssize_t>(buffer.length)) length = -EMSGSIZE;
    return Napi::Number::New(info.Env(), static_cast<double>(length));
  }

  void Close(const Napi::CallbackInfo& info) {
    if (!fd_) return;
    bool held = watching();
    Fd fd = CloseWatched();
    CloseOffLoop(info.Env(), std::move(fd), "vrrpd.PacketSocket");
    if (held) Unref();
  }

  int lastErrno_ = 0;
};

}  // namespace

void InitPacket(Napi::Env env, Napi::Object exports) { PacketSocket::Init(env, exports); }
