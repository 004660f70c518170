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

namespace {

// More arguments, or variables, than the kernel would let a program have.
constexpr uint32_t kMostTexts = 1 << 20;

}  // namespace

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

int64_t IntegerOf(const Napi::Value& value, const char* name, int64_t least, int64_t most) {
  double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
  std::string expected =
      std::string(name) + " must be an integer from " + std::to_string(least) + " to " + std::to_string(most);
  if (!std::isfinite(number) || number != std::trunc(number)) throw Napi::TypeError::New(value.Env(), expected);
  if (number < static_cast<double>(least) || number > static_cast<double>(most)) {
    throw Napi::RangeError::New(value.Env(), expected);
  }
  return static_cast<int64_t>(number);
}

int IntOf(const Napi::Value& value, const char* name, int least, int most) {
  return static_cast<int>(IntegerOf(value, name, least, most));
}

uint32_t IdOf(const Napi::Value& value, const char* name) {
  return static_cast<uint32_t>(IntegerOf(value, name, 0, UINT32_MAX - 1));
}

std::string StringOf(const Napi::Value& value, const char* name) {
  if (value.IsString()) return value.As<Napi::String>();
  throw Napi::TypeError::New(value.Env(), std::string(name) + " must be a string");
}

std::string TextOf(const Napi::Value& value, const char* name) {
  std::string text = StringOf(value, name);
  if (text.find('\0') == std::string::npos) return text;
  throw Napi::TypeError::New(value.Env(), std::string(name) + " must not contain NUL");
}

bool IsIpv6(const Napi::Value& value) {
  std::string family = TextOf(value, "family");
  if (family == "ipv4" || family == "ipv6") return family == "ipv6";
  throw Napi::TypeError::New(value.Env(), "family must be ipv4 or ipv6");
}

std::vector<Napi::Value> ItemsOf(const Napi::Value& value, const char* name, uint32_t most) {
  if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), std::string(name) + " must be an array");
  Napi::Array array = value.As<Napi::Array>();
  // Once: a getter may add to it each time.
  uint32_t count = array.Length();
  if (count > most) {
    throw Napi::RangeError::New(value.Env(), std::string(name) + " must have at most " + std::to_string(most) + " items");
  }
  std::vector<Napi::Value> items;
  for (uint32_t i = 0; i < count; i++) items.push_back(array.Get(i));
  return items;
}

std::vector<std::string> TextsOf(const Napi::Value& value, const char* name) {
  std::string each = std::string("each of ") + name;
  std::vector<std::string> texts;
  for (const Napi::Value& item : ItemsOf(value, name, kMostTexts)) texts.push_back(TextOf(item, each.c_str()));
  return texts;
}

Napi::Object OptionsOf(const Napi::Value& value) {
  if (value.IsObject()) return value.As<Napi::Object>();
  throw Napi::TypeError::New(value.Env(), "the options must be an object");
}

std::vector<char*> PointersOf(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}
