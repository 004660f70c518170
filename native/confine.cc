#include "confine.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace {

// The C library's own calls change every thread of its process, which it takes the child for; the kernel's change the
// caller alone. Where these have two forms the plain one has 16 bits.
#ifdef SYS_setresuid32
constexpr long kSetGroups = SYS_setgroups32;
constexpr long kSetGroup = SYS_setresgid32;
constexpr long kSetUser = SYS_setresuid32;
#else
constexpr long kSetGroups = SYS_setgroups;
constexpr long kSetGroup = SYS_setresgid;
constexpr long kSetUser = SYS_setresuid;
#endif

/** Takes CAP_SETPCAP, which a container may not have; what stays in it then is of no use without privileges to gain. */
void DropBoundingSet() {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
}

bool Become(const Identity& identity) {
  // In this order: each takes a capability that goes with the user. The kernel then also takes the parent's memory out
  // of reach of that user (PR_SET_DUMPABLE), since until exec it is the child's as well; it stays out of reach.
  return syscall(kSetGroups, identity.groups.size(), identity.groups.data()) == 0 &&
         syscall(kSetGroup, identity.gid, identity.gid, identity.gid) == 0 &&
         syscall(kSetUser, identity.uid, identity.uid, identity.uid) == 0;
}

}  // namespace

bool BecomeUser(const Identity& identity) {
  // What a user other than root keeps across an exec; of the rest the kernel takes care.
  return Become(identity) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0;
}

bool Confine(const Identity* identity) {
  DropBoundingSet();
  if (identity != nullptr && !Become(*identity)) return false;
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capset, &header, none) != 0) return false;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}
