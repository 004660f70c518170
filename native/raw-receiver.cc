// Packets of one IP protocol on one interface, many at a time: AF_INET, AF_INET6 or AF_PACKET, recvmmsg.
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#include "open-raw.h"
#include "poll.h"
#include "recognised.h"

#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

namespace {

constexpr size_t kAddressLength = 16;
// As many as the kernel reads with one call (UIO_MAXIOV), and the longest packet.
constexpr int kMostSlots = 1024;
constexpr int kMostSlotBytes = 65536;
constexpr uint32_t kMostGroups = 256;
constexpr int kMostRecognised = 4096;
// In the place of a packet's length.
constexpr int kRepeated = -EALREADY;

/** What the kernel tells of one packet beside its bytes; IPv4 packets have their header with them. */
struct Envelope {
  sockaddr_in6 sender;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec)) + CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(in6_pktinfo))];
};

constexpr int64_t kMicrosPerSecond = 1000000;
// What the wall clock may gain or lose between two looks: by being slewed, and by this process being interrupted.
constexpr int64_t kLeastSlewMicros = 1000;
constexpr int64_t kMostSlewMicros = 5000;

int64_t MicrosOf(const timespec& time) { return time.tv_sec * kMicrosPerSecond + time.tv_nsec / 1000; }

class RawReceiver : public Wrapped<RawReceiver, 4>, private Watched {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("RawReceiver",
                DefineClass(env, "RawReceiver",
                            {InstanceMethod("receive", &RawReceiver::Receive),
                             InstanceMethod("recognise", &RawReceiver::Recognise),
                             InstanceMethod("forget", &RawReceiver::Forget),
                             InstanceMethod("pause", &RawReceiver::Pause),
                             InstanceMethod("setFilter", &RawReceiver::SetFilterOf),
                             InstanceMethod("close", &RawReceiver::Close),
                             InstanceAccessor<&RawReceiver::Drops>("drops"),
                             InstanceAccessor<&RawReceiver::Packets>("packets"),
                             InstanceAccessor<&RawReceiver::Lengths>("lengths"),
                             InstanceAccessor<&RawReceiver::ArrivedAt>("arrivedAt"),
                             InstanceAccessor<&RawReceiver::Stamps>("stamps"),
                             InstanceAccessor<&RawReceiver::Repeats>("repeats"),
                             InstanceAccessor<&RawReceiver::RepeatedAt>("repeatedAt"),
                             InstanceAccessor<&RawReceiver::HopLimits>("hopLimits"),
                             InstanceAccessor<&RawReceiver::Addresses>("addresses")}));
  }

  explicit RawReceiver(const Napi::CallbackInfo& info) : Wrapped(info) {
    Napi::Env env = info.Env();
    Napi::Object options = OptionsOf(info[0]);
    isIpv6_ = IsIpv6(options.Get("family"));
    slotBytes_ = static_cast<size_t>(IntOf(options.Get("slotBytes"), "slotBytes", 1, kMostSlotBytes));
    int slots = IntOf(options.Get("slots"), "slots", 1, kMostSlots);
    int interfaceIndex = IntOf(options.Get("interfaceIndex"), "interfaceIndex", 0, INT32_MAX);
    int receiveBufferBytes = IntOf(options.Get("receiveBufferBytes"), "receiveBufferBytes", 0, INT32_MAX);
    int protocol = IntOf(options.Get("protocol"), "protocol", 0, UINT8_MAX);
    std::vector<Napi::Value> groups = ItemsOf(options.Get("groups"), "groups", kMostGroups);
    Napi::Value mostAge = options.Get("mostAgeMicros");
    if (!mostAge.IsUndefined()) mostAgeMicros_ = IntOf(mostAge, "mostAgeMicros", 0, INT32_MAX);
    Napi::Value recognised = options.Get("recognised");
    int mostRecognised = recognised.IsUndefined() ? 0 : IntOf(recognised, "recognised", 0, kMostRecognised);
    isOfLink_ = options.Get("ofLink").ToBoolean();
    protocol_ = protocol;
    Napi::Value filter = options.Get("filter");
    Napi::Value onReadable = options.Get("onReadable");
    if (!onReadable.IsFunction()) throw Napi::TypeError::New(env, "onReadable must be a function");
    MakeSlots(env, static_cast<size_t>(slots), static_cast<size_t>(mostRecognised));
    if (isOfLink_) {
      fd_ = OpenOfLink(env, isIpv6_, interfaceIndex, filter);
    } else {
      fd_ = OpenRaw(env, isIpv6_, protocol, interfaceIndex);
      UseFilter(env, filter);
    }
    SetBufferBytes(fd_.get(), SO_RCVBUFFORCE, SO_RCVBUF, receiveBufferBytes);
    if (!isOfLink_) {
      for (const Napi::Value& group : groups) JoinGroup(fd_.get(), isIpv6_, group, interfaceIndex, members_);
    }
    WatchWith(onReadable, "vrrpd.RawReceiver");
    Ref();
  }

 private:
  void MakeSlots(Napi::Env env, size_t count, size_t mostRecognised) {
    recognised_ = Recognised(mostRecognised);
    repeats_ = Napi::Persistent(Napi::Int32Array::New(env, mostRecognised));
    repeatedAt_ = Napi::Persistent(Napi::Float64Array::New(env, mostRecognised));
    packets_ = Napi::Persistent(Napi::Uint8Array::New(env, count * slotBytes_));
    addresses_ = Napi::Persistent(Napi::Uint8Array::New(env, count * 2 * kAddressLength));
    lengths_ = Napi::Persistent(Napi::Int32Array::New(env, count));
    arrivedAt_ = Napi::Persistent(Napi::Float64Array::New(env, count));
    stamps_ = Napi::Persistent(Napi::Float64Array::New(env, count));
    hopLimits_ = Napi::Persistent(Napi::Int32Array::New(env, count));
    messages_.resize(count);
    parts_.resize(count);
    envelopes_.resize(count);
  }

  /** In the place of the one that lets nothing in. */
  void UseFilter(Napi::Env env, const Napi::Value& filter) {
    if (!filter.IsNull() && !filter.IsUndefined()) {
      Check(env, SetFilter(fd_.get(), BytesOf(filter)), "setsockopt SO_ATTACH_FILTER");
    } else {
      Check(env, SetOption(fd_.get(), SOL_SOCKET, SO_DETACH_FILTER, 0), "setsockopt SO_DETACH_FILTER");
    }
  }

  Napi::Value Packets(const Napi::CallbackInfo&) { return packets_.Value(); }
  Napi::Value Lengths(const Napi::CallbackInfo&) { return lengths_.Value(); }
  Napi::Value ArrivedAt(const Napi::CallbackInfo&) { return arrivedAt_.Value(); }
  Napi::Value Stamps(const Napi::CallbackInfo&) { return stamps_.Value(); }
  Napi::Value Repeats(const Napi::CallbackInfo&) { return repeats_.Value(); }
  Napi::Value RepeatedAt(const Napi::CallbackInfo&) { return repeatedAt_.Value(); }
  Napi::Value HopLimits(const Napi::CallbackInfo&) { return hopLimits_.Value(); }
  Napi::Value Addresses(const Napi::CallbackInfo&) { return addresses_.Value(); }

  Napi::Value Receive(const Napi::CallbackInfo& info) {
    // Looked up each time: a script that transferred their memory away must not make the kernel write into it.
    Napi::Uint8Array packets = packets_.Value();
    Napi::Int32Array lengths = lengths_.Value();
    size_t count = messages_.size();
    if (packets.ByteLength() != count * slotBytes_ || lengths.ElementLength() != count) return Error(info.Env(), EFAULT);
    for (size_t i = 0; i < count; i++) Prepare(i, packets.Data() + i * slotBytes_);
    int received;
    do {
      received = recvmmsg(fd_.get(), messages_.data(), static_cast<unsigned>(count), MSG_DONTWAIT, nullptr);
    } while (received < 0 && errno == EINTR);
    if (received < 0) return errno == EAGAIN ? Napi::Number::New(info.Env(), 0) : Error(info.Env(), errno);
    for (int i = 0; i < received; i++) {
      const mmsghdr& message = messages_[static_cast<size_t>(i)];
      bool cut = (message.msg_hdr.msg_flags & MSG_TRUNC) != 0;
      lengths.Data()[i] = cut ? -EMSGSIZE : static_cast<int>(message.msg_len);
    }
    TakeTimes(received);
    if (isOfLink_) TrimAll(received);
    else if (isIpv6_) TakeHeaders(received);
    CountRepeated(received);
    return Napi::Number::New(info.Env(), received);
  }

  static Napi::Value Error(Napi::Env env, int error) { return Napi::Number::New(env, -error); }

  void Prepare(size_t i, uint8_t* slot) {
    parts_[i] = {slot, slotBytes_};
    msghdr& header = messages_[i].msg_hdr;
    header.msg_iov = &parts_[i];
    header.msg_iovlen = 1;
    header.msg_control = envelopes_[i].control;
    header.msg_controllen = sizeof envelopes_[i].control;
    if (!isIpv6_ || isOfLink_) return;
    header.msg_name = &envelopes_[i].sender;
    header.msg_namelen = sizeof envelopes_[i].sender;
  }

  /**
   * The stamps are of the wall clock, which may be set at any moment. Where it was, since the reading before, the packets
   * count as having arrived now. It may be set again between that look and the packet: so ages have a bound.
   */
  void TakeTimes(int received) {
    Napi::Float64Array arrivals = arrivedAt_.Value();
    Napi::Float64Array stamps = stamps_.Value();
    if (arrivals.ElementLength() != messages_.size() || stamps.ElementLength() != messages_.size()) return;
    timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    timespec steady;
    clock_gettime(CLOCK_BOOTTIME, &steady);
    nowMicros_ = MicrosOf(steady);
    bool isRight = IsSteady(MicrosOf(wall) - nowMicros_);
    for (int i = 0; i < received; i++) {
      msghdr& message = messages_[static_cast<size_t>(i)].msg_hdr;
      int64_t age = 0;
      double stamp = 0;
      for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_TIMESTAMPNS) continue;
        timespec arrived;
        memcpy(&arrived, CMSG_DATA(item), sizeof arrived);
        if (isRight) age = MicrosOf(wall) - MicrosOf(arrived);
        // Of a million seconds and not of all: to the nanosecond, a double holds no more.
        stamp = static_cast<double>(arrived.tv_sec % 1000000) * 1e9 + static_cast<double>(arrived.tv_nsec);
      }
      stamps.Data()[i] = stamp;
      if (age < 0 || age > mostAgeMicros_) age = 0;
      arrivals.Data()[i] = static_cast<double>(nowMicros_ - age);
    }
  }

  /** Whether the wall clock went as the other one did since the last look. It may be slewed by a part in a thousand. */
  bool IsSteady(int64_t wallAheadMicros) {
    int64_t tolerance = std::min(kMostSlewMicros, kLeastSlewMicros + (nowMicros_ - lookedAtMicros_) / 1000);
    bool steady = std::llabs(wallAheadMicros - wallAheadMicros_) <= tolerance;
    wallAheadMicros_ = wallAheadMicros;
    lookedAtMicros_ = nowMicros_;
    return steady;
  }

  /** Where the packets stand; empty where a script has transferred some of that memory away. */
  struct View {
    const uint8_t* packets;
    int32_t* lengths;
    const uint8_t* ends;
    const int32_t* hopLimits;
  };

  View ViewOf() {
    size_t count = messages_.size();
    Napi::Uint8Array packets = packets_.Value();
    Napi::Int32Array lengths = lengths_.Value();
    Napi::Uint8Array ends = addresses_.Value();
    Napi::Int32Array hopLimits = hopLimits_.Value();
    bool isWhole = packets.ByteLength() == count * slotBytes_ && lengths.ElementLength() == count &&
                   ends.ByteLength() == count * 2 * kAddressLength && hopLimits.ElementLength() == count;
    if (!isWhole) return {};
    return {packets.Data(), lengths.Data(), isIpv6_ ? ends.Data() : nullptr, hopLimits.Data()};
  }

  Arrived ArrivedAt(const View& view, size_t slot) const {
    Arrived arrived = {view.packets + slot * slotBytes_, static_cast<size_t>(view.lengths[slot]), nullptr, 0};
    if (view.ends != nullptr) {
      arrived.ends = view.ends + slot * 2 * kAddressLength;
      arrived.hopLimit = view.hopLimits[slot];
    }
    return arrived;
  }

  /** What is like a packet that JavaScript has recognised is counted, and has nothing more to say. */
  void CountRepeated(int received) {
    if (recognised_.empty()) return;
    Napi::Int32Array repeats = repeats_.Value();
    Napi::Float64Array repeatedAt = repeatedAt_.Value();
    Napi::Float64Array arrivals = arrivedAt_.Value();
    size_t numbers = repeats.ElementLength();
    View view = ViewOf();
    if (repeatedAt.ElementLength() != numbers || view.packets == nullptr) return;
    if (arrivals.ElementLength() != messages_.size()) return;
    int32_t* counts = repeats.Data();
    double* times = repeatedAt.Data();
    const double* arrivedAt = arrivals.Data();
    for (size_t slot = 0; slot < static_cast<size_t>(received); slot++) {
      if (view.lengths[slot] <= 0) continue;
      int number = recognised_.Find(ArrivedAt(view, slot));
      if (number < 0 || static_cast<size_t>(number) >= numbers) continue;
      view.lengths[slot] = kRepeated;
      counts[number] += 1;
      times[number] = arrivedAt[slot];
    }
  }

  Napi::Value Recognise(const Napi::CallbackInfo& info) {
    int slot = IntOf(info[0], "slot", 0, static_cast<int>(messages_.size()) - 1);
    View view = ViewOf();
    bool isThere = view.packets != nullptr && view.lengths[slot] > 0 &&
                   static_cast<size_t>(view.lengths[slot]) <= slotBytes_;
    int number = isThere ? recognised_.Note(ArrivedAt(view, static_cast<size_t>(slot))) : -1;
    return Napi::Number::New(info.Env(), number);
  }

  void Forget(const Napi::CallbackInfo&) { recognised_.Clear(); }

  void TakeHeaders(int received) {
    Napi::Uint8Array addresses = addresses_.Value();
    Napi::Int32Array hopLimits = hopLimits_.Value();
    if (addresses.ByteLength() != messages_.size() * 2 * kAddressLength) return;
    if (hopLimits.ElementLength() != messages_.size()) return;
    for (int i = 0; i < received; i++) {
      msghdr& message = messages_[static_cast<size_t>(i)].msg_hdr;
      int hopLimit = -1;
      in6_addr destination = in6addr_any;
      for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
        if (item->cmsg_level != IPPROTO_IPV6) continue;
        if (item->cmsg_type == IPV6_HOPLIMIT) memcpy(&hopLimit, CMSG_DATA(item), sizeof hopLimit);
        if (item->cmsg_type == IPV6_PKTINFO) memcpy(&destination, CMSG_DATA(item), sizeof destination);
      }
      hopLimits.Data()[i] = hopLimit;
      uint8_t* pair = addresses.Data() + static_cast<size_t>(i) * 2 * kAddressLength;
      memcpy(pair, &envelopes_[static_cast<size_t>(i)].sender.sin6_addr, kAddressLength);
      memcpy(pair + kAddressLength, &destination, kAddressLength);
    }
  }

  /** Makes of what stands on the link what a raw socket gives. */
  void TrimAll(int received) {
    Napi::Uint8Array addresses = addresses_.Value();
    Napi::Int32Array hopLimits = hopLimits_.Value();
    Napi::Uint8Array packets = packets_.Value();
    Napi::Int32Array lengths = lengths_.Value();
    size_t count = messages_.size();
    if (addresses.ByteLength() != count * 2 * kAddressLength || hopLimits.ElementLength() != count) return;
    if (packets.ByteLength() != count * slotBytes_ || lengths.ElementLength() != count) return;
    for (size_t i = 0; i < static_cast<size_t>(received); i++) {
      int32_t& length = lengths.Data()[i];
      if (length <= 0) continue;
      uint8_t* packet = packets.Data() + i * slotBytes_;
      if (!isIpv6_) {
        length = TrimIpv4(packet, length);
        continue;
      }
      uint8_t* ends = addresses.Data() + i * 2 * kAddressLength;
      length = TrimIpv6(packet, length, protocol_, ends, &hopLimits.Data()[i]);
    }
  }

  void Pause(const Napi::CallbackInfo& info) {
    if (watching()) poll_->Want(info[0].ToBoolean() ? UV_DISCONNECT : UV_READABLE);
  }

  Napi::Value SetFilterOf(const Napi::CallbackInfo& info) {
    int result = SetFilter(fd_.get(), BytesOf(info[0]));
    return Napi::Number::New(info.Env(), result < 0 ? -errno : 0);
  }

  Napi::Value Drops(const Napi::CallbackInfo& info) {
    uint32_t memory[SK_MEMINFO_VARS] = {};
    socklen_t length = sizeof memory;
    int result = getsockopt(fd_.get(), SOL_SOCKET, SO_MEMINFO, memory, &length);
    if (result < 0) return Error(info.Env(), errno);
    if (length <= SK_MEMINFO_DROPS * sizeof memory[0]) return Error(info.Env(), ENOPROTOOPT);
    return Napi::Number::New(info.Env(), memory[SK_MEMINFO_DROPS]);
  }

  void Close(const Napi::CallbackInfo& info) {
    Fd fd = CloseWatched();
    if (!fd) return;
    if (isOfLink_) CloseOffLoop(info.Env(), std::move(fd), "vrrpd.RawReceiver");
    members_.clear();
    Unref();
  }

  bool isIpv6_ = false;
  /** What holds memberships for this one, and receives nothing. */
  std::vector<Fd> members_;
  bool isOfLink_ = false;
  int protocol_ = 0;
  size_t slotBytes_ = 0;
  int mostAgeMicros_ = INT32_MAX;
  Recognised recognised_{0};
  /** By the clock of `nowMicros`, at the last reading. */
  int64_t nowMicros_ = 0;
  int64_t lookedAtMicros_ = 0;
  int64_t wallAheadMicros_ = 0;
  Napi::Reference<Napi::Int32Array> repeats_;
  Napi::Reference<Napi::Float64Array> repeatedAt_;
  std::vector<mmsghdr> messages_;
  std::vector<iovec> parts_;
  std::vector<Envelope> envelopes_;
  Napi::Reference<Napi::Uint8Array> packets_;
  Napi::Reference<Napi::Uint8Array> addresses_;
  Napi::Reference<Napi::Int32Array> lengths_;
  Napi::Reference<Napi::Float64Array> arrivedAt_;
  Napi::Reference<Napi::Float64Array> stamps_;
  Napi::Reference<Napi::Int32Array> hopLimits_;
};

}  // namespace

void InitRawReceiver(Napi::Env env, Napi::Object exports) { RawReceiver::Init(env, exports); }
