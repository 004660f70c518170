#include "common.h"

#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

void Fd::Reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

void ThrowErrno(Napi::Env env, int error, const char* syscall) {
  char name[64];
  char text[128];
  uv_err_name_r(-error, name, sizeof name);
  uv_strerror_r(-error, text, sizeof text);
  Napi::Error thrown = Napi::Error::New(env, std::string(name) + ": " + text + ", " + syscall);
  thrown.Set("code", Napi::String::New(env, name));
  thrown.Set("errno", Napi::Number::New(env, -error));
  thrown.Set("syscall", Napi::String::New(env, syscall));
  throw thrown;
}

int Check(Napi::Env env, int result, const char* syscall) {
  if (result < 0) ThrowErrno(env, errno, syscall);
  return result;
}

int SetOption(int fd, int level, int name, int value) { return setsockopt(fd, level, name, &value, sizeof value); }

void SetBufferBytes(int fd, int forcedName, int name, int bytes) {
  if (SetOption(fd, SOL_SOCKET, forcedName, bytes) != 0) SetOption(fd, SOL_SOCKET, name, bytes);
}

int SetFilter(int fd, Bytes instructions) {
  size_t count = instructions.length / sizeof(sock_filter);
  if (count == 0 || count > BPF_MAXINSNS || instructions.length % sizeof(sock_filter) != 0) {
    errno = EINVAL;
    return -1;
  }
  // Copied: the bytes of a script need not stand where the kernel's structure may.
  std::vector<sock_filter> copy(count);
  memcpy(copy.data(), instructions.data, instructions.length);
  sock_fprog program{};
  program.len = static_cast<unsigned short>(count);
  program.filter = copy.data();
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

Bytes BytesOf(const Napi::Value& value) {
  napi_typedarray_type type;
  size_t length;
  void* data;
  if (!value.IsTypedArray() ||
      napi_get_typedarray_info(value.Env(), value, &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    throw Napi::TypeError::New(value.Env(), "a Uint8Array is expected");
  }
  return {static_cast<uint8_t*>(data), length};
}

int32_t IntegerOf(const Napi::Value& value, const char* name) {
  if (value.IsNumber()) {
    double number = value.As<Napi::Number>().DoubleValue();
    if (number == std::trunc(number) && std::abs(number) <= INT32_MAX) return static_cast<int32_t>(number);
  }
  throw Napi::TypeError::New(value.Env(), std::string(name) + " must be an integer of 32 bits");
}

std::vector<std::string> StringsOf(const Napi::Value& value, const char* name) {
  if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), std::string(name) + " must be an array");
  Napi::Array array = value.As<Napi::Array>();
  std::vector<std::string> strings;
  for (uint32_t i = 0; i < array.Length(); i++) {
    Napi::Value item = array.Get(i);
    if (!item.IsString()) throw Napi::TypeError::New(value.Env(), std::string(name) + " must hold strings");
    strings.push_back(item.As<Napi::String>());
  }
  return strings;
}

std::vector<char*> PointersOf(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}
