// What every file of the addon needs: a descriptor with an owner, system errors as JavaScript errors, byte arguments.
#pragma once

#include <napi.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/** Owns a file descriptor. */
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  ~Fd() { Reset(); }
  Fd(Fd&& other) noexcept : fd_(other.Release()) {}
  Fd& operator=(Fd&& other) noexcept {
    Reset(other.Release());
    return *this;
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int Release() {
    int fd = fd_;
    fd_ = -1;
    return fd;
  }
  void Reset(int fd = -1);

 private:
  int fd_;
};

/** Throws an Error with `code`, `errno` (negative) and `syscall`, as Node's own system errors have. */
[[noreturn]] void ThrowErrno(Napi::Env env, int error, const char* syscall);

/** `result` of the system call just made; throws when it is negative. */
int Check(Napi::Env env, int result, const char* syscall);

/** Sets an integer option; 0, or -1 with errno. */
int SetOption(int fd, int level, int name, int value);

/** Sizes a socket's buffer over the limit of the system where the process may, up to the limit where it may not. */
void SetBufferBytes(int fd, int forcedName, int name, int bytes);

struct Bytes {
  uint8_t* data;
  size_t length;
};

/**
 * Classic BPF (`struct sock_filter` one after the other): the kernel drops what the program refuses, before it wakes
 * anybody. Takes the place of the program before, with no packet in between. 0, or -1 with errno (EINVAL: no program,
 * or one that the kernel's check refuses; ENOMEM: longer than net.core.optmem_max lets it be).
 */
int SetFilter(int fd, Bytes instructions);

/** The memory of a Uint8Array; throws a TypeError on anything else. */
Bytes BytesOf(const Napi::Value& value);

/**
 * The one way in which a number of JavaScript becomes an integer. Throws a TypeError that names the argument when it is
 * none, and a RangeError when it is not from `least` to `most`.
 */
int64_t IntegerOf(const Napi::Value& value, const char* name, int64_t least, int64_t most);

/** Of a descriptor's option, a process, an interface; throws as above. */
int IntOf(const Napi::Value& value, const char* name, int least, int most);

/** A user or a group, as the kernel counts them: its largest number stands for nobody. Throws as above. */
uint32_t IdOf(const Napi::Value& value, const char* name);

/** A string; throws a TypeError that names the argument on anything else. */
std::string StringOf(const Napi::Value& value, const char* name);

/** A string without NUL, at which C would end it; throws as above. */
std::string TextOf(const Napi::Value& value, const char* name);

/** Of "ipv4" and "ipv6", which one; throws a TypeError on anything else. */
bool IsIpv6(const Napi::Value& value);

/**
 * The items of an array, each read once: getters of the array run now and not later. Throws a TypeError that names the
 * argument on anything else, and a RangeError when there are more than `most`.
 */
std::vector<Napi::Value> ItemsOf(const Napi::Value& value, const char* name, uint32_t most);

/** An array of strings without NUL; throws as above. */
std::vector<std::string> TextsOf(const Napi::Value& value, const char* name);

/** An object, throws a TypeError on anything else. */
Napi::Object OptionsOf(const Napi::Value& value);

/** "vrrpd" */
constexpr uint64_t kTypeTag = 0x7672727064;

/**
 * What the classes have in common: on an object that is none of `T` their methods and accessors throw a TypeError.
 * Without the tag an accessor would take what any other class has wrapped for its own.
 */
template <typename T, uint64_t kNumber>
class Wrapped : public Napi::ObjectWrap<T> {
 public:
  explicit Wrapped(const Napi::CallbackInfo& info) : Napi::ObjectWrap<T>(info) {
    if (napi_type_tag_object(info.Env(), info.This(), &kTag) != napi_ok) throw Napi::Error::New(info.Env());
  }

  /** Called by the library before each method and accessor. */
  static T* Unwrap(Napi::Object object) {
    bool isOurs = false;
    if (napi_check_object_type_tag(object.Env(), object, &kTag, &isOurs) != napi_ok || !isOurs) {
      throw Napi::TypeError::New(object.Env(), "called on an object of another class");
    }
    return Napi::ObjectWrap<T>::Unwrap(object);
  }

 private:
  static constexpr napi_type_tag kTag = {kTypeTag, kNumber};
};

/** Who connected to a Unix socket, or listens on it; throws where the kernel does not say. */
ucred PeerOf(Napi::Env env, int fd);

/** For exec: they point into `texts`, and end with a null. */
std::vector<char*> PointersOf(const std::vector<std::string>& texts);

/** Adds the classes and functions of each file to the exports. */
void InitRawReceiver(Napi::Env env, Napi::Object exports);
void InitFifo(Napi::Env env, Napi::Object exports);
void InitFiles(Napi::Env env, Napi::Object exports);
void InitRawSender(Napi::Env env, Napi::Object exports);
void InitLock(Napi::Env env, Napi::Object exports);
void InitNetlink(Napi::Env env, Napi::Object exports);
void InitPacket(Napi::Env env, Napi::Object exports);
void InitPeer(Napi::Env env, Napi::Object exports);
void InitProcess(Napi::Env env, Napi::Object exports);
void InitSignals(Napi::Env env, Napi::Object exports);
void InitSocketOwners(Napi::Env env, Napi::Object exports);
void InitSpawn(Napi::Env env, Napi::Object exports);
void InitTcpListener(Napi::Env env, Napi::Object exports);
void InitTimer(Napi::Env env, Napi::Object exports);
void InitUnixDatagrams(Napi::Env env, Napi::Object exports);
void InitUser(Napi::Env env, Napi::Object exports);
