// A descriptor watched by libuv, and the JavaScript function that is called when it is ready.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>

#include "common.h"

/** A JavaScript function that is called from the loop. */
class Callback {
 public:
  Callback(Napi::Function function, const char* resource);
  ~Callback();
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;

  /**
   * Calls it in Node's callback scope: promise jobs and ticks run before this returns, and what it throws becomes an
   * uncaughtException. Returns false when the environment no longer runs JavaScript. The function may close whatever
   * caused the call, so the caller touches nothing of its own afterwards; taking the pointer by value keeps this alive.
   */
  static bool Call(std::shared_ptr<Callback> callback, const std::vector<napi_value>& arguments = {});

 private:
  Napi::FunctionReference function_;
  napi_async_context context_ = nullptr;
};

/** Watches a descriptor that it does not own, and that must be closed after this and not before. */
class Poll {
 public:
  using Ready = std::function<void()>;

  /** Not watching anything yet, see Want. 0, or -errno. */
  static int Open(napi_env env, int fd, Ready ready, std::unique_ptr<Poll>* poll);
  ~Poll();
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;

  /** UV_READABLE, with UV_WRITABLE to be called at once; UV_DISCONNECT to keep the loop alive without being called. */
  void Want(int events);
  /** Does not keep the loop alive any more. */
  void Unref();

 private:
  struct Handle;
  explicit Poll(Ready ready) : ready_(std::move(ready)) {}
  static void OnEvent(uv_poll_t* raw, int status, int events);

  Ready ready_;
  Handle* handle_ = nullptr;
  int wanted_ = 0;
};

/** A timer of the loop, which it does not keep alive. Calls nothing once it is gone. */
class Pause {
 public:
  using Over = std::function<void()>;

  Pause(napi_env env, Over over);
  ~Pause();
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;

  /** Calls `over` once, from the loop. Replaces an earlier start. */
  void Start(uint64_t millis);

 private:
  struct Handle;
  Over over_;
  Handle* handle_ = nullptr;
};

/** What the sockets and the timer have in common: a descriptor, perhaps watched, perhaps with a callback. */
class Watched {
 protected:
  /** Throws when the descriptor cannot be watched. */
  void Watch(Napi::Env env, Poll::Ready ready);
  /** Calls `function` with nothing whenever the descriptor is readable; does nothing when it is null. */
  void WatchWith(Napi::Value function, const char* resource);
  bool watching() const { return poll_ != nullptr; }
  /** Ends the watching; the descriptor, which is invalid when it was closed already, closes with the result. */
  Fd CloseWatched();

  Fd fd_;
  std::shared_ptr<Callback> callback_;
  std::unique_ptr<Poll> poll_;
};

/**
 * Closes a packet socket on the pool: the kernel waits for every processor (an RCU grace period, measured at 17 ms)
 * before one is gone, and the loop must not wait with it.
 */
void CloseOffLoop(Napi::Env env, Fd fd, const char* resource);
