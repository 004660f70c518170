#include "poll.h"

Callback::Callback(Napi::Function function, const char* resource)
    : function_(Napi::Persistent(function)) {
  napi_env env = function.Env();
  Napi::String name = Napi::String::New(env, resource);
  if (napi_async_init(env, nullptr, name, &context_) != napi_ok) throw Napi::Error::New(env);
}

Callback::~Callback() {
  if (context_ != nullptr) napi_async_destroy(function_.Env(), context_);
}

bool Callback::Call(std::shared_ptr<Callback> callback, const std::vector<napi_value>& arguments) {
  napi_env env = callback->function_.Env();
  Napi::HandleScope scope(env);
  napi_value receiver = nullptr;
  napi_get_global(env, &receiver);
  napi_status status = napi_make_callback(env, callback->context_, receiver, callback->function_.Value(), arguments.size(),
                                          arguments.data(), nullptr);
  if (status == napi_ok) return true;
  bool thrown = false;
  napi_is_exception_pending(env, &thrown);
  if (!thrown) return false;
  napi_value error = nullptr;
  napi_get_and_clear_last_exception(env, &error);
  napi_fatal_exception(env, error);
  return true;
}

// libuv needs the memory of a handle until its close callback, a turn of the loop later than the owner goes.
struct Poll::Handle {
  uv_poll_t poll;
  Poll* owner;
};

int Poll::Open(napi_env env, int fd, Ready ready, std::unique_ptr<Poll>* poll) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return UV_EINVAL;
  std::unique_ptr<Poll> opened(new Poll(std::move(ready)));
  auto handle = std::make_unique<Handle>();
  int result = uv_poll_init(loop, &handle->poll, fd);
  if (result != 0) return result;
  handle->poll.data = handle.get();
  handle->owner = opened.get();
  opened->handle_ = handle.release();
  *poll = std::move(opened);
  return 0;
}

Poll::~Poll() {
  if (handle_ == nullptr) return;
  handle_->owner = nullptr;
  // Leaves the epoll set at once: the descriptor may be closed as soon as this returns.
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->poll),
           [](uv_handle_t* raw) { delete static_cast<Handle*>(raw->data); });
}

void Poll::Want(int events) {
  wanted_ = events;
  uv_poll_start(&handle_->poll, events, OnEvent);
}

void Poll::Unref() { uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->poll)); }

void Poll::OnEvent(uv_poll_t* raw, int status, int events) {
  Poll* poll = static_cast<Handle*>(raw->data)->owner;
  if (poll == nullptr) return;
  bool paused = (poll->wanted_ & UV_READABLE) == 0;
  if (status < 0) {
    // An error waits on the socket (an overrun, an interface that went down) and libuv has stopped watching it. The
    // owner learns the error by reading. While paused nobody reads, so watching again would spin: Want starts it.
    if (paused) return;
    poll->Want(poll->wanted_);
  } else if (paused && (events & UV_READABLE) == 0) {
    return;
  }
  Ready ready = poll->ready_;
  ready();
}

struct Pause::Handle {
  uv_timer_t timer;
  Pause* owner;
};

Pause::Pause(napi_env env, Over over) : over_(std::move(over)) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return;
  handle_ = new Handle();
  uv_timer_init(loop, &handle_->timer);
  uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->timer));
  handle_->timer.data = handle_;
  handle_->owner = this;
}

Pause::~Pause() {
  if (handle_ == nullptr) return;
  handle_->owner = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->timer),
           [](uv_handle_t* raw) { delete static_cast<Handle*>(raw->data); });
}

void Pause::Start(uint64_t millis) {
  if (handle_ == nullptr) return;
  auto fire = [](uv_timer_t* timer) {
    Pause* pause = static_cast<Handle*>(timer->data)->owner;
    if (pause == nullptr) return;
    Over over = pause->over_;
    over();
  };
  uv_timer_start(&handle_->timer, fire, millis, 0);
}

void Watched::Watch(Napi::Env env, Poll::Ready ready) {
  int result = Poll::Open(env, fd_.get(), std::move(ready), &poll_);
  if (result != 0) ThrowErrno(env, -result, "epoll_ctl");
  poll_->Want(UV_READABLE);
}

void Watched::WatchWith(Napi::Value function, const char* resource) {
  if (function.IsNull() || function.IsUndefined()) return;
  if (!function.IsFunction()) throw Napi::TypeError::New(function.Env(), "the callback must be a function");
  callback_ = std::make_shared<Callback>(function.As<Napi::Function>(), resource);
  Watch(function.Env(), [this] { Callback::Call(callback_); });
}

Fd Watched::CloseWatched() {
  poll_.reset();
  callback_.reset();
  return std::move(fd_);
}

void CloseOffLoop(Napi::Env env, Fd fd, const char* resource) {
  struct Closing {
    Fd fd;
    napi_async_work work = nullptr;
  };
  auto closing = std::make_unique<Closing>();
  closing->fd = std::move(fd);
  auto execute = [](napi_env, void* data) { static_cast<Closing*>(data)->fd.Reset(); };
  auto complete = [](napi_env done, napi_status, void* data) {
    std::unique_ptr<Closing> closed(static_cast<Closing*>(data));
    napi_delete_async_work(done, closed->work);
  };
  Napi::String name = Napi::String::New(env, resource);
  if (napi_create_async_work(env, nullptr, name, execute, complete, closing.get(), &closing->work) != napi_ok) return;
  if (napi_queue_async_work(env, closing->work) == napi_ok) closing.release();
}
