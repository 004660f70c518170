#include "off-loop.h"

#include <mutex>

#include "mutex.h"
#include "threads.h"

namespace {

/** What the thread and the loop share; whichever goes last takes it along. */
struct Wake {
  Mutex mutex;
  /** Null once the loop does not wait any more, or its environment has ended. */
  uv_async_t* loop = nullptr;
};

/** One task, from the call until its answer. Owns itself. */
class Pending {
 public:
  Pending(Napi::Function onDone, const char* resource, Answer answer)
      : env_(onDone.Env()),
        wake_(std::make_shared<Wake>()),
        onDone_(std::make_shared<Callback>(onDone, resource)),
        answer_(std::move(answer)) {}
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  /** False when the environment is ending. */
  bool Begin(Task task) {
    uv_loop_t* loop = nullptr;
    if (napi_get_uv_event_loop(env_, &loop) != napi_ok) return false;
    auto handle = std::make_unique<uv_async_t>();
    auto onWake = [](uv_async_t* raw) { static_cast<Pending*>(raw->data)->OnDone(); };
    if (uv_async_init(loop, handle.get(), onWake) != 0) return false;
    handle->data = this;
    wake_->loop = handle.release();
    napi_add_env_cleanup_hook(env_, OnTeardown, this);
    std::shared_ptr<Wake> wake = wake_;
    RunOnThread([wake, task = std::move(task)](int error) {
      task(error);
      std::lock_guard<Mutex> held(wake->mutex);
      if (wake->loop != nullptr) uv_async_send(wake->loop);
    });
    return true;
  }

 private:
  void CloseWake() {
    std::lock_guard<Mutex> held(wake_->mutex);
    auto* handle = reinterpret_cast<uv_handle_t*>(wake_->loop);
    wake_->loop = nullptr;
    uv_close(handle, [](uv_handle_t* raw) { delete reinterpret_cast<uv_async_t*>(raw); });
  }

  void OnDone() {
    Napi::HandleScope scope(env_);
    CloseWake();
    napi_remove_env_cleanup_hook(env_, OnTeardown, this);
    std::shared_ptr<Callback> onDone = onDone_;
    Answer answer = std::move(answer_);
    napi_env env = env_;
    delete this;
    std::vector<napi_value> arguments = answer(env);
    Callback::Call(onDone, arguments);
  }

  static void OnTeardown(void* data) {
    auto* pending = static_cast<Pending*>(data);
    pending->CloseWake();
    delete pending;
  }

  napi_env env_;
  std::shared_ptr<Wake> wake_;
  std::shared_ptr<Callback> onDone_;
  Answer answer_;
};

}  // namespace

void RunOffLoop(Napi::Function onDone, const char* resource, Task task, Answer answer) {
  auto pending = std::make_unique<Pending>(onDone, resource, std::move(answer));
  if (!pending->Begin(std::move(task))) throw Napi::Error::New(onDone.Env(), "the environment is ending");
  pending.release();
}
