#include "recognised.h"

#include <cstring>

namespace {

constexpr size_t kIpv4Header = 20;
// In an IPv4 header.
constexpr size_t kIdentification = 4;
constexpr size_t kFragment = 6;
constexpr size_t kChecksum = 10;
constexpr size_t kAddresses = 12;
constexpr size_t kEnds = 32;
constexpr size_t kVirtualRouterId = 1;

/** IPv4 without options: others are left to JavaScript. */
bool HasPlainHeader(const Arrived& packet) { return packet.length > kIpv4Header && packet.data[0] == 0x45; }

/** Where the VRRP message begins; beyond the packet: there is none to be recognised. */
size_t MessageAt(const Arrived& packet) {
  if (packet.ends != nullptr) return 0;
  return HasPlainHeader(packet) ? kIpv4Header : packet.length;
}

/** 0: there is nothing to know it by. */
uint64_t KeyOf(const Arrived& packet) {
  size_t at = MessageAt(packet) + kVirtualRouterId;
  if (at >= packet.length) return 0;
  // The end of the source is enough: the bytes decide.
  uint32_t source;
  memcpy(&source, packet.ends != nullptr ? packet.ends + 12 : packet.data + kAddresses, sizeof source);
  return uint64_t{1} << 40 | uint64_t{source} << 8 | packet.data[at];
}

bool IsSame(const uint8_t* one, const uint8_t* other, size_t length, bool isIpv4) {
  if (!isIpv4) return memcmp(one, other, length) == 0;
  // Version, type of service and length; then the rest, without the identification and the checksum of the header.
  return memcmp(one, other, kIdentification) == 0 &&
         memcmp(one + kFragment, other + kFragment, kChecksum - kFragment) == 0 &&
         memcmp(one + kAddresses, other + kAddresses, length - kAddresses) == 0;
}

}  // namespace

int Recognised::Note(const Arrived& packet) {
  uint64_t key = KeyOf(packet);
  if (key == 0) return -1;
  auto found = numbers_.find(key);
  if (found == numbers_.end()) {
    if (known_.size() >= most_) return -1;
    found = numbers_.emplace(key, static_cast<int>(known_.size())).first;
    known_.emplace_back();
  }
  Known& known = known_[static_cast<size_t>(found->second)];
  known.bytes.assign(packet.data, packet.data + packet.length);
  if (packet.ends != nullptr) known.ends.assign(packet.ends, packet.ends + kEnds);
  known.hopLimit = packet.hopLimit;
  return found->second;
}

int Recognised::Find(const Arrived& packet) {
  auto found = numbers_.find(KeyOf(packet));
  if (found == numbers_.end()) return -1;
  Known& known = known_[static_cast<size_t>(found->second)];
  bool isIpv4 = packet.ends == nullptr;
  bool same = known.bytes.size() == packet.length && known.hopLimit == packet.hopLimit &&
              IsSame(known.bytes.data(), packet.data, packet.length, isIpv4) &&
              (isIpv4 || memcmp(known.ends.data(), packet.ends, kEnds) == 0);
  if (same) return found->second;
  known.bytes.clear();
  return -1;
}

void Recognised::Clear() {
  known_.clear();
  numbers_.clear();
}
