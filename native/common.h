// What every file of the addon needs: a descriptor with an owner, system errors as JavaScript errors, byte arguments.
#pragma once

#include <napi.h>

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

/** An integer that fits in 32 bits; throws a TypeError that names the argument on anything else. */
int32_t IntegerOf(const Napi::Value& value, const char* name);

/** An array of strings; throws a TypeError that names the argument on anything else. */
std::vector<std::string> StringsOf(const Napi::Value& value, const char* name);

/** For exec: they point into `texts`, and end with a null. */
std::vector<char*> PointersOf(const std::vector<std::string>& texts);

/** Adds the classes and functions of each file to the exports. */
void InitRawReceiver(Napi::Env env, Napi::Object exports);
void InitLock(Napi::Env env, Napi::Object exports);
void InitNetlink(Napi::Env env, Napi::Object exports);
void InitPacket(Napi::Env env, Napi::Object exports);
void InitProcess(Napi::Env env, Napi::Object exports);
void InitSignals(Napi::Env env, Napi::Object exports);
void InitSocketOwners(Napi::Env env, Napi::Object exports);
void InitSpawn(Napi::Env env, Napi::Object exports);
void InitTimer(Napi::Env env, Napi::Object exports);
void InitUser(Napi::Env env, Napi::Object exports);
