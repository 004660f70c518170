#include "open-raw.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

namespace {

constexpr int kIpv4Header = 20;
constexpr size_t kIpv4Length = 2;
constexpr int kIpv6Header = 40;
constexpr size_t kIpv6Length = 4;
constexpr size_t kIpv6NextHeader = 6;
constexpr size_t kIpv6HopLimit = 7;
constexpr size_t kIpv6Addresses = 8;
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

int Uint16At(const uint8_t* bytes, size_t at) { return bytes[at] << 8 | bytes[at + 1]; }

}  // namespace

Fd OpenRaw(Napi::Env env, bool isIpv6, int protocol, int interfaceIndex) {
  int family = isIpv6 ? AF_INET6 : AF_INET;
  Fd fd(Check(env, socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol), "socket"));
  // Until it is bound it gets what comes in on any interface. So it gets nothing at first, and what did come before
  // that is an end to look forward to.
  sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  Bytes program = {reinterpret_cast<uint8_t*>(&nothing), sizeof nothing};
  Check(env, SetFilter(fd.get(), program), "setsockopt SO_ATTACH_FILTER");
  Check(env, BindToInterface(fd.get(), interfaceIndex), "setsockopt SO_BINDTOIFINDEX");
  while (recv(fd.get(), nullptr, 0, MSG_DONTWAIT | MSG_TRUNC) >= 0 || errno == EINTR) continue;
  Check(env, SetOption(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, 1), "setsockopt SO_TIMESTAMPNS");
  if (!isIpv6) {
    Check(env, SetOption(fd.get(), IPPROTO_IP, IP_MULTICAST_ALL, 0), "setsockopt IP_MULTICAST_ALL");
    return fd;
  }
  Check(env, SetOption(fd.get(), IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1), "setsockopt IPV6_RECVHOPLIMIT");
  Check(env, SetOption(fd.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, 1), "setsockopt IPV6_RECVPKTINFO");
  return fd;
}

Fd OpenOfLink(Napi::Env env, bool isIpv6, int interfaceIndex, const Napi::Value& filter) {
  if (interfaceIndex <= 0) ThrowErrno(env, ENODEV, "bind");  // 0 would mean every interface
  // Without a protocol until it is bound: nothing of another interface gets in between.
  Fd fd(Check(env, socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
  if (!filter.IsNull() && !filter.IsUndefined()) {
    Check(env, SetFilter(fd.get(), BytesOf(filter)), "setsockopt SO_ATTACH_FILTER");
  }
  Check(env, SetOption(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, 1), "setsockopt SO_TIMESTAMPNS");
  sockaddr_ll local{};
  local.sll_family = AF_PACKET;
  local.sll_ifindex = interfaceIndex;
  local.sll_protocol = htons(isIpv6 ? ETH_P_IPV6 : ETH_P_IP);
  Check(env, bind(fd.get(), reinterpret_cast<sockaddr*>(&local), sizeof local), "bind");
  return fd;
}

namespace {

int AddMembership(int fd, const ip_mreqn& request) {
  return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
}

/**
 * Beyond what one socket may join (net.ipv4.igmp_max_memberships, 20) others hold the memberships. Then this one gets
 * what is sent to any group that this host is a member of: so look at the destination.
 */
int JoinBeside(Napi::Env env, int fd, const ip_mreqn& request, std::vector<Fd>& members) {
  Check(env, SetOption(fd, IPPROTO_IP, IP_MULTICAST_ALL, 1), "setsockopt IP_MULTICAST_ALL");
  int joined = members.empty() ? -1 : AddMembership(members.back().get(), request);
  if (joined == 0 || (!members.empty() && errno != ENOBUFS)) return joined;
  members.emplace_back(Check(env, socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));
  return AddMembership(members.back().get(), request);
}

}  // namespace

void JoinGroup(int fd, bool isIpv6, const Napi::Value& value, int interfaceIndex, std::vector<Fd>& members) {
  Bytes group = BytesOf(value);
  size_t wanted = isIpv6 ? kAddressLength : sizeof(in_addr);
  if (group.length != wanted) {
    throw Napi::TypeError::New(value.Env(), "a group must have " + std::to_string(wanted) + " bytes");
  }
  if (isIpv6) {
    ipv6_mreq request{};
    memcpy(&request.ipv6mr_multiaddr, group.data, wanted);
    request.ipv6mr_interface = static_cast<unsigned>(interfaceIndex);
    int joined = setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request);
    Check(value.Env(), joined, "setsockopt IPV6_JOIN_GROUP");
  } else {
    ip_mreqn request{};
    memcpy(&request.imr_multiaddr, group.data, wanted);
    request.imr_ifindex = interfaceIndex;
    int joined = AddMembership(fd, request);
    if (joined != 0 && errno == ENOBUFS) joined = JoinBeside(value.Env(), fd, request, members);
    Check(value.Env(), joined, "setsockopt IP_ADD_MEMBERSHIP");
  }
}

int TrimIpv4(const uint8_t* packet, int length) {
  return length < kIpv4Header ? length : std::min(length, Uint16At(packet, kIpv4Length));
}

int TrimIpv6(uint8_t* packet, int length, int protocol, uint8_t* ends, int32_t* hopLimit) {
  if (length < kIpv6Header || packet[kIpv6NextHeader] != protocol) return 0;
  int payload = Uint16At(packet, kIpv6Length);
  if (length - kIpv6Header < payload) return 0;
  *hopLimit = packet[kIpv6HopLimit];
  memcpy(ends, packet + kIpv6Addresses, 2 * kAddressLength);
  memmove(packet, packet + kIpv6Header, static_cast<size_t>(payload));
  return payload;
}
