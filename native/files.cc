// Files that may hang whoever asks for them: read and followed off the loop.
#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <memory>
#include <string>
#include <vector>

#include "off-loop.h"

namespace {

/** More than there are processes on a busy host, each with two files. */
constexpr uint32_t kMostPaths = 1 << 16;
constexpr int kMostBytes = 1 << 20;

struct Content {
  int error = 0;
  std::string bytes;
};

/** At most so many bytes from the beginning: a file may be as large as it likes, a FIFO or a device has what it has. */
Content ReadBeginning(const std::string& path, size_t most) {
  Content content;
  Fd fd(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!fd) {
    content.error = errno;
    return content;
  }
  content.bytes.resize(most);
  size_t used = 0;
  while (used < most) {
    ssize_t got = read(fd.get(), &content.bytes[used], most - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) content.error = errno;
    if (got <= 0) break;
    used += static_cast<size_t>(got);
  }
  content.bytes.resize(used);
  return content;
}

Napi::Function FunctionOf(const Napi::Value& value) {
  if (value.IsFunction()) return value.As<Napi::Function>();
  throw Napi::TypeError::New(value.Env(), "the callback must be a function");
}

/** -errno, or a character for each byte. */
napi_value ContentValue(napi_env env, const Content& content) {
  napi_value value = nullptr;
  if (content.error != 0) napi_create_int32(env, -content.error, &value);
  else napi_create_string_latin1(env, content.bytes.data(), content.bytes.size(), &value);
  return value;
}

Napi::Value ReadFiles(const Napi::CallbackInfo& info) {
  std::vector<std::string> paths;
  for (const Napi::Value& item : ItemsOf(info[0], "paths", kMostPaths)) paths.push_back(TextOf(item, "each of paths"));
  size_t most = static_cast<size_t>(IntOf(info[1], "mostBytes", 0, kMostBytes));
  auto contents = std::make_shared<std::vector<Content>>(paths.size());
  auto task = [paths = std::move(paths), most, contents](int error) {
    for (size_t i = 0; i < paths.size(); i++) {
      if (error == 0) (*contents)[i] = ReadBeginning(paths[i], most);
      else (*contents)[i].error = error;
    }
  };
  auto answer = [contents](napi_env env) -> std::vector<napi_value> {
    napi_value list = nullptr;
    napi_create_array_with_length(env, contents->size(), &list);
    for (size_t i = 0; i < contents->size(); i++) {
      napi_set_element(env, list, static_cast<uint32_t>(i), ContentValue(env, (*contents)[i]));
    }
    return {list};
  };
  RunOffLoop(FunctionOf(info[2]), "vrrpd.readFiles", task, answer);
  return info.Env().Undefined();
}

Napi::Value ReadLink(const Napi::CallbackInfo& info) {
  std::string path = TextOf(info[0], "path");
  auto target = std::make_shared<Content>();
  auto task = [path, target](int error) {
    char buffer[PATH_MAX];
    ssize_t length = error == 0 ? readlink(path.c_str(), buffer, sizeof buffer) : -1;
    if (length < 0) target->error = error == 0 ? errno : error;
    else target->bytes.assign(buffer, static_cast<size_t>(length));
  };
  auto answer = [target](napi_env env) -> std::vector<napi_value> {
    napi_value value = nullptr;
    if (target->error != 0) napi_create_int32(env, -target->error, &value);
    else napi_create_string_utf8(env, target->bytes.data(), target->bytes.size(), &value);
    return {value};
  };
  RunOffLoop(FunctionOf(info[1]), "vrrpd.readLink", task, answer);
  return info.Env().Undefined();
}

/** Tells what becomes of the names in folders. */
class Inotify : public Wrapped<Inotify, 11>, private Watched {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("Inotify", DefineClass(env, "Inotify",
                                       {InstanceMethod("add", &Inotify::Add), InstanceMethod("remove", &Inotify::Remove),
                                        InstanceMethod("receive", &Inotify::Receive),
                                        InstanceMethod("pause", &Inotify::Pause),
                                        InstanceMethod("close", &Inotify::Close)}));
  }

  explicit Inotify(const Napi::CallbackInfo& info) : Wrapped(info) {
    Napi::Function onReadable = FunctionOf(info[0]);
    fd_.Reset(Check(info.Env(), inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "inotify_init1"));
    WatchWith(onReadable, "vrrpd.Inotify");
    Ref();
  }

 private:
  Napi::Value Add(const Napi::CallbackInfo& info) {
    std::string path = TextOf(info[0], "path");
    uint32_t mask = static_cast<uint32_t>(IntegerOf(info[1], "mask", 1, UINT32_MAX));
    Napi::Function onAdded = FunctionOf(info[2]);
    // Of its own: this one may be closed while the path hangs.
    auto own = std::make_shared<Fd>(fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
    auto result = std::make_shared<int>(*own ? 0 : -errno);
    auto task = [own, path, mask, result](int error) {
      if (*result < 0) return;
      int watch = error == 0 ? inotify_add_watch(own->get(), path.c_str(), mask) : -1;
      *result = watch >= 0 ? watch : -(error == 0 ? errno : error);
      own->Reset();
    };
    auto answer = [result](napi_env env) -> std::vector<napi_value> { return {Napi::Number::New(env, *result)}; };
    RunOffLoop(onAdded, "vrrpd.Inotify.add", task, answer);
    return info.Env().Undefined();
  }

  Napi::Value Remove(const Napi::CallbackInfo& info) {
    int watch = IntOf(info[0], "watch", 0, INT_MAX);
    return Napi::Number::New(info.Env(), inotify_rm_watch(fd_.get(), watch) == 0 ? 0 : -errno);
  }

  Napi::Value Receive(const Napi::CallbackInfo& info) {
    Bytes buffer = BytesOf(info[0]);
    for (;;) {
      ssize_t length = read(fd_.get(), buffer.data, buffer.length);
      if (length < 0 && errno == EINTR) continue;
      if (length < 0) return Napi::Number::New(info.Env(), errno == EAGAIN ? 0 : -errno);
      return Napi::Number::New(info.Env(), static_cast<double>(length));
    }
  }

  void Pause(const Napi::CallbackInfo& info) {
    if (watching()) poll_->Want(info[0].ToBoolean() ? UV_DISCONNECT : UV_READABLE);
  }

  void Close(const Napi::CallbackInfo&) {
    bool held = watching();
    if (CloseWatched() && held) Unref();
  }
};

}  // namespace

void InitFiles(Napi::Env env, Napi::Object exports) {
  exports.Set("readFiles", Napi::Function::New(env, ReadFiles, "readFiles"));
  exports.Set("readLink", Napi::Function::New(env, ReadLink, "readLink"));
  Inotify::Init(env, exports);
}
