// A listening TCP socket that hands out connections once they have said something. Node accepts all that wait at once,
// and makes some twenty objects for each, before it knows whether anything will ever come.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "poll.h"

namespace {

// One wake-up takes no more: the loop has other things to do.
constexpr int kMostAtOnce = 16;
// The oldest one goes when another comes: a limit that turned newcomers away would lock out everybody beside a crowd.
// Each is a descriptor and no more; ten thousand a second leave whoever means to ask a tenth of a second for it.
constexpr size_t kMostSilent = 1024;
// Where no descriptor is left to take a connection with.
constexpr uint64_t kPauseMillis = 50;

/** Never more than a part of what this process may have: the rest of it needs descriptors, too. */
size_t MostSilent() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return kMostSilent;
  return std::clamp<rlim_t>(limit.rlim_cur / 4, 1, kMostSilent);
}

enum class Said { kNothing, kSomething, kGoodbye };

Said WhatIsSaid(int fd) {
  char byte;
  ssize_t bytes = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (bytes > 0) return Said::kSomething;
  return bytes < 0 && (errno == EAGAIN || errno == EINTR) ? Said::kNothing : Said::kGoodbye;
}

class TcpListener : public Wrapped<TcpListener, 7>, private Watched {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("TcpListener", DefineClass(env, "TcpListener", {InstanceMethod("close", &TcpListener::Close)}));
  }

  explicit TcpListener(const Napi::CallbackInfo& info) : Wrapped(info) {
    Napi::Env env = info.Env();
    int fd = IntOf(info[0], "fd", 0, INT32_MAX);
    if (!info[1].IsFunction()) throw Napi::TypeError::New(env, "onConnection must be a function");
    callback_ = std::make_shared<Callback>(info[1].As<Napi::Function>(), "vrrpd.TcpListener");
    listener_.Reset(Check(env, fcntl(fd, F_DUPFD_CLOEXEC, 0), "fcntl"));
    fd_.Reset(Check(env, epoll_create1(EPOLL_CLOEXEC), "epoll_create1"));
    Check(env, Add(listener_.get()), "epoll_ctl");
    Watch(env, [this] { OnReady(); });
    poll_->Unref();
    pause_ = std::make_unique<Pause>(env, [this] { poll_->Want(UV_READABLE); });
    Ref();
  }

 private:
  int Add(int fd) {
    epoll_event event = {};
    event.events = EPOLLIN | EPOLLRDHUP;
    event.data.fd = fd;
    return epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event);
  }

  void OnReady() {
    epoll_event events[kMostAtOnce];
    int count = epoll_wait(fd_.get(), events, kMostAtOnce, 0);
    std::vector<Fd> speaking;
    bool mayAccept = false;
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd == listener_.get()) {
        mayAccept = true;
      } else {
        Sort(Take(events[i].data.fd), &speaking);
      }
    }
    // Last: a descriptor that is closed here may be taken again, and then stand for another connection.
    if (mayAccept) Accept(&speaking);
    // The function may close this.
    std::shared_ptr<Callback> callback = callback_;
    Napi::Env env = Env();
    Napi::HandleScope scope(env);
    for (Fd& connection : speaking) Callback::Call(callback, {Napi::Number::New(env, connection.Release())});
  }

  void Accept(std::vector<Fd>* speaking) {
    for (int i = 0; i < kMostAtOnce; i++) {
      Fd connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (connection) {
        Sort(std::move(connection), speaking);
      } else if (errno == EAGAIN) {
        return;
      } else if (errno != EINTR && errno != ECONNABORTED) {
        poll_->Want(UV_DISCONNECT);
        pause_->Start(kPauseMillis);
        return;
      }
    }
  }

  /** It is handed out, kept until it says something, or closed. */
  void Sort(Fd connection, std::vector<Fd>* speaking) {
    Said said = connection ? WhatIsSaid(connection.get()) : Said::kGoodbye;
    if (said == Said::kSomething) speaking->push_back(std::move(connection));
    if (said != Said::kNothing || Add(connection.get()) != 0) return;
    if (silent_.size() >= mostSilent_) silent_.pop_front();
    silent_.push_back(std::move(connection));
  }

  /** Out of those that have said nothing. */
  Fd Take(int fd) {
    auto found = std::find_if(silent_.begin(), silent_.end(), [fd](const Fd& one) { return one.get() == fd; });
    if (found == silent_.end()) return Fd();
    Fd taken = std::move(*found);
    silent_.erase(found);
    epoll_ctl(fd_.get(), EPOLL_CTL_DEL, taken.get(), nullptr);
    return taken;
  }

  void Close(const Napi::CallbackInfo&) {
    pause_.reset();
    silent_.clear();
    listener_.Reset();
    if (CloseWatched()) Unref();
  }

  const size_t mostSilent_ = MostSilent();
  Fd listener_;
  /** The one that came first is first. */
  std::deque<Fd> silent_;
  std::unique_ptr<Pause> pause_;
};

}  // namespace

void InitTcpListener(Napi::Env env, Napi::Object exports) { TcpListener::Init(env, exports); }
