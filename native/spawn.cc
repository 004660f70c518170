// spawn: starts a program on a thread of its own, then watches it until it was reaped.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

#include "children.h"
#include "exec.h"
#include "mutex.h"
#include "poll.h"
#include "threads.h"

namespace {

constexpr uint64_t kFallbackMillis = 20;
/** NGROUPS_MAX */
constexpr uint32_t kMostGroups = 65536;

Identity IdentityOf(const Napi::Object& object) {
  Identity identity;
  identity.uid = IdOf(object.Get("uid"), "uid");
  identity.gid = IdOf(object.Get("gid"), "gid");
  for (const Napi::Value& group : ItemsOf(object.Get("groups"), "groups", kMostGroups)) {
    identity.groups.push_back(IdOf(group, "each of groups"));
  }
  return identity;
}

Program ProgramOf(const Napi::Object& options) {
  Program program;
  program.file = TextOf(options.Get("file"), "file");
  program.args = TextsOf(options.Get("args"), "args");
  program.environment = TextsOf(options.Get("environment"), "environment");
  program.captureOutput = options.Get("captureOutput").ToBoolean();
  program.confined = options.Get("confined").ToBoolean();
  Napi::Value identity = options.Get("identity");
  if (!identity.IsNull() && !identity.IsUndefined()) program.identity = IdentityOf(OptionsOf(identity));
  Napi::Value access = options.Get("access");
  if (!access.IsUndefined()) program.access = IntOf(access, "access", 0, R_OK | W_OK | X_OK);
  return program;
}

/** By the C interface: where the environment ends nothing can be set, and an exception here would abort the process. */
napi_value ProcessObject(napi_env env, pid_t pid, int output) {
  napi_value object = nullptr;
  napi_create_object(env, &object);
  napi_set_named_property(env, object, "pid", Napi::Number::New(env, pid));
  napi_set_named_property(env, object, "outputFd", Napi::Number::New(env, output));
  return object;
}

/** What the thread and the loop share; whichever goes last takes it along. */
struct Job {
  explicit Job(Program wanted) : program(std::move(wanted)) {}

  Program program;
  StartingChild child;
  Mutex mutex;
  Started started;
  bool isDone = false;
  /** Wakes the loop; null once it does not wait any more, or its environment has ended. */
  uv_async_t* loop = nullptr;
};

Started Refused(int error) {
  Started started;
  started.error = error;
  return started;
}

void Finish(Job* job, Started started) {
  std::lock_guard<Mutex> held(job->mutex);
  job->started = std::move(started);
  job->isDone = true;
  if (job->loop != nullptr) uv_async_send(job->loop);
  else if (job->started.error == 0) ForgetWatched(job->started.pid);
}

/** One spawn, from the call until the end of the program. Owns itself. */
class Spawn {
 public:
  Spawn(Program program, Napi::Function onStarted, Napi::Function onExit)
      : env_(onStarted.Env()),
        job_(std::make_shared<Job>(std::move(program))),
        onStarted_(std::make_shared<Callback>(onStarted, "vrrpd.spawn")),
        onExit_(std::make_shared<Callback>(onExit, "vrrpd.spawn")) {}
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;

  /** False when the environment is ending. */
  bool Begin() {
    uv_loop_t* loop = nullptr;
    if (napi_get_uv_event_loop(env_, &loop) != napi_ok) return false;
    auto wake = std::make_unique<uv_async_t>();
    auto onWake = [](uv_async_t* handle) { static_cast<Spawn*>(handle->data)->OnStarted(); };
    if (uv_async_init(loop, wake.get(), onWake) != 0) return false;
    wake->data = this;
    job_->loop = wake.release();
    napi_add_env_cleanup_hook(env_, OnTeardown, this);
    std::shared_ptr<Job> job = job_;
    RunOnThread([job](int error) { Finish(job.get(), error == 0 ? Start(job->program, &job->child) : Refused(error)); });
    return true;
  }

  std::weak_ptr<Job> job() const { return job_; }

  ~Spawn() {
    if (timer_ == nullptr) return;
    uv_close(reinterpret_cast<uv_handle_t*>(timer_),
             [](uv_handle_t* raw) { delete reinterpret_cast<uv_timer_t*>(raw); });
  }

 private:
  /** With the mutex: the thread does not wake the loop any more. */
  static void CloseWake(Job* job) {
    auto* wake = reinterpret_cast<uv_handle_t*>(job->loop);
    job->loop = nullptr;
    uv_close(wake, [](uv_handle_t* raw) { delete reinterpret_cast<uv_async_t*>(raw); });
  }

  void OnStarted() {
    Napi::HandleScope scope(env_);
    napi_env env = env_;
    std::shared_ptr<Callback> onStarted = onStarted_;
    {
      std::lock_guard<Mutex> held(job_->mutex);
      CloseWake(job_.get());
      started_ = std::move(job_->started);
    }
    job_.reset();
    int error = started_.error;
    int output = started_.output.Release();
    napi_value process = Napi::Env(env).Null();
    if (error != 0) {
      napi_remove_env_cleanup_hook(env, OnTeardown, this);
      delete this;
    } else {
      process = ProcessObject(env, started_.pid, output);
      WatchExit();
    }
    bool called = Callback::Call(onStarted, {Napi::Number::New(env, error), process});
    if (!called) Fd unowned(output);  // the environment ends: nobody else will close it
  }

  void WatchExit() {
    if (started_.pidfd && Poll::Open(env_, started_.pidfd.get(), [this] { OnEnded(); }, &poll_) == 0) {
      poll_->Want(UV_READABLE);
      return;
    }
    // No pidfd (a kernel before 5.3, a seccomp filter, no descriptor left): look every now and then.
    uv_loop_t* loop = nullptr;
    napi_get_uv_event_loop(env_, &loop);
    timer_ = new uv_timer_t();
    uv_timer_init(loop, timer_);
    timer_->data = this;
    uv_timer_start(timer_, [](uv_timer_t* timer) { static_cast<Spawn*>(timer->data)->OnEnded(); }, kFallbackMillis,
                   kFallbackMillis);
  }

  void OnEnded() {
    int status = 0;
    pid_t reaped = ReapWatched(started_.pid, &status);
    if (reaped == 0) return;
    Napi::HandleScope scope(env_);
    Napi::Value exitCode = Napi::Env(env_).Null();
    Napi::Value signal = Napi::Env(env_).Null();
    if (reaped > 0 && WIFEXITED(status)) exitCode = Napi::Number::New(env_, WEXITSTATUS(status));
    if (reaped > 0 && WIFSIGNALED(status)) signal = Napi::Number::New(env_, WTERMSIG(status));
    napi_remove_env_cleanup_hook(env_, OnTeardown, this);
    std::shared_ptr<Callback> onExit = onExit_;
    delete this;
    Callback::Call(onExit, {exitCode, signal});
  }

  static void OnTeardown(void* data) {
    auto* spawn = static_cast<Spawn*>(data);
    if (spawn->job_ != nullptr) {
      std::lock_guard<Mutex> held(spawn->job_->mutex);
      CloseWake(spawn->job_.get());
      if (spawn->job_->isDone && spawn->job_->started.error == 0) ForgetWatched(spawn->job_->started.pid);
    } else {
      int status;
      if (ReapWatched(spawn->started_.pid, &status) == 0) ForgetWatched(spawn->started_.pid);
    }
    delete spawn;
  }

  napi_env env_;
  /** Until it has started. */
  std::shared_ptr<Job> job_;
  std::shared_ptr<Callback> onStarted_;
  std::shared_ptr<Callback> onExit_;
  Started started_;  // before poll_: the pidfd outlives what watches it
  std::unique_ptr<Poll> poll_;
  uv_timer_t* timer_ = nullptr;
};

/** The function that cancels it while it is being started. */
Napi::Function Canceller(Napi::Env env, std::weak_ptr<Job> job) {
  auto cancel = [job](const Napi::CallbackInfo&) {
    std::shared_ptr<Job> starting = job.lock();
    if (starting != nullptr) starting->child.Cancel();
  };
  return Napi::Function::New(env, cancel, "cancel");
}

Napi::Value SpawnProgram(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[1].IsFunction() || !info[2].IsFunction()) {
    throw Napi::TypeError::New(env, "onStarted and onExit must be functions");
  }
  auto spawn = std::make_unique<Spawn>(ProgramOf(OptionsOf(info[0])), info[1].As<Napi::Function>(),
                                       info[2].As<Napi::Function>());
  Napi::Function cancel = Canceller(env, spawn->job());
  if (!spawn->Begin()) throw Napi::Error::New(env, "the environment is ending");
  spawn.release();
  return cancel;
}

Napi::Value ReapOrphans(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), ReapUnwatched()); }

}  // namespace

void InitSpawn(Napi::Env env, Napi::Object exports) {
  exports.Set("spawn", Napi::Function::New(env, SpawnProgram, "spawn"));
  exports.Set("reapOrphans", Napi::Function::New(env, ReapOrphans, "reapOrphans"));
}
