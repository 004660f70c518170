// FIFOs: Node's own file system calls make none.
#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <utility>

#include "common.h"

namespace {

constexpr int kMostMode = 07777;

/** On a thread of libuv's pool: a file system may take its time. */
class FifoMaker : public Napi::AsyncWorker {
 public:
  FifoMaker(Napi::Env env, std::string path, int mode)
      : Napi::AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)), path_(std::move(path)), mode_(mode) {}

  Napi::Promise promise() { return deferred_.Promise(); }

 private:
  void Execute() override {
    if (mkfifo(path_.c_str(), static_cast<mode_t>(mode_)) != 0) error_ = errno;
  }

  void OnOK() override { deferred_.Resolve(Napi::Number::New(Env(), -error_)); }

  Napi::Promise::Deferred deferred_;
  std::string path_;
  int mode_;
  int error_ = 0;
};

Napi::Value MakeFifo(const Napi::CallbackInfo& info) {
  std::string path = TextOf(info[0], "path");
  int mode = IntOf(info[1], "mode", 0, kMostMode);
  FifoMaker* maker = new FifoMaker(info.Env(), std::move(path), mode);
  Napi::Promise promise = maker->promise();
  maker->Queue();
  return promise;
}

}  // namespace

void InitFifo(Napi::Env env, Napi::Object exports) {
  exports.Set("makeFifo", Napi::Function::New(env, MakeFifo, "makeFifo"));
}
