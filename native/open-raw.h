// Sockets for packets of one IP protocol on one interface, and what of a packet is IP's.
#pragma once

#include <vector>

#include "common.h"

/** AF_INET or AF_INET6, SOCK_RAW, with a filter that lets nothing in. */
Fd OpenRaw(Napi::Env env, bool isIpv6, int protocol, int interfaceIndex);

/** AF_PACKET, SOCK_DGRAM: what comes in on the interface, before IP looks at it. */
Fd OpenOfLink(Napi::Env env, bool isIpv6, int interfaceIndex, const Napi::Value& filter);

/**
 * @param value 4 or 16 bytes
 * @param members sockets that hold memberships for this one, where it has no room for more
 */
void JoinGroup(int fd, bool isIpv6, const Napi::Value& value, int interfaceIndex, std::vector<Fd>& members);

/** The length of a packet that stood on the link, without padding. */
int TrimIpv4(const uint8_t* packet, int length);

/**
 * Takes the header off, too: what it says goes to `ends` (source and destination) and `hopLimit`.
 * Returns the length of what is left; 0 for what is no whole packet of the protocol.
 */
int TrimIpv6(uint8_t* packet, int length, int protocol, uint8_t* ends, int32_t* hopLimit);
