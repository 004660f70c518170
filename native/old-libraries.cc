// What newer C and C++ libraries offer, and headers of theirs call without being asked: here it is the addon's own, so
// that it loads with older ones (glibc 2.28, libstdc++ of GCC 8).
#include <new>
#include <typeinfo>

#define OWN(name) __asm__(name) __attribute__((visibility("hidden")))

extern "C" {

// glibc 2.32: not 0 while there is one thread alone. Counting with a lock is never wrong.
extern char ownSingleThreaded OWN("__libc_single_threaded");
char ownSingleThreaded = 0;

// GCC 11: a `new` whose size does not fit.
[[noreturn]] void ownBadArrayLength() OWN("_ZSt28__throw_bad_array_new_lengthv");
void ownBadArrayLength() { throw std::bad_array_new_length(); }

// GCC 9, without RTTI: whether a type is the tag of make_shared. The address of the tag itself is asked for before.
bool ownIsMakeShared(const std::type_info&) OWN("_ZNSt19_Sp_make_shared_tag5_S_eqERKSt9type_info");
bool ownIsMakeShared(const std::type_info&) { return false; }
}
