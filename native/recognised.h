// Packets that JavaScript has understood: the same once more is counted here, and wakes no JavaScript.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

/** A VRRP packet as a raw socket gives it. */
struct Arrived {
  const uint8_t* data;
  size_t length;
  /** IPv6: source and destination, 16 bytes each; IPv4, whose header stands in the packet: null. */
  const uint8_t* ends;
  int hopLimit;
};

class Recognised {
 public:
  /** @param most how many different ones are kept */
  explicit Recognised(size_t most) : most_(most) {}

  /** Its number, 0 and on; in the place of what the same speaker said for the same virtual router. -1: there is no room. */
  int Note(const Arrived& packet);
  /**
   * Its number, if it is the same as one that was noted; -1: it is not. Who has said something else is not recognised any
   * more: what comes next has to be told in its turn.
   */
  int Find(const Arrived& packet);
  void Clear();
  bool empty() const { return known_.empty(); }

 private:
  struct Known {
    std::vector<uint8_t> bytes;
    std::vector<uint8_t> ends;
    int hopLimit;
  };

  size_t most_;
  std::vector<Known> known_;
  /** By source and virtual router id. */
  std::unordered_map<uint64_t, int> numbers_;
};
