// Who is at the other end of a Unix socket (SO_PEERCRED).
#include <cerrno>

#include "common.h"

ucred PeerOf(Napi::Env env, int fd) {
  ucred credentials{};
  socklen_t length = sizeof credentials;
  Check(env, getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length), "getsockopt SO_PEERCRED");
  return credentials;
}

static Napi::Value PeerCredentials(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  ucred peer = PeerOf(env, IntOf(info[0], "fd", 0, INT32_MAX));
  Napi::Object credentials = Napi::Object::New(env);
  credentials.Set("pid", Napi::Number::New(env, peer.pid));
  credentials.Set("uid", Napi::Number::New(env, peer.uid));
  credentials.Set("gid", Napi::Number::New(env, peer.gid));
  return credentials;
}

void InitPeer(Napi::Env env, Napi::Object exports) {
  exports.Set("peerCredentials", Napi::Function::New(env, PeerCredentials, "peerCredentials"));
}
