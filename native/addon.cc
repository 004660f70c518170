#include "common.h"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  InitRawReceiver(env, exports);
  InitFifo(env, exports);
  InitFiles(env, exports);
  InitRawSender(env, exports);
  InitLock(env, exports);
  InitNetlink(env, exports);
  InitPacket(env, exports);
  InitPeer(env, exports);
  InitProcess(env, exports);
  InitSignals(env, exports);
  InitSocketOwners(env, exports);
  InitSpawn(env, exports);
  InitTcpListener(env, exports);
  InitTimer(env, exports);
  InitUnixDatagrams(env, exports);
  InitUser(env, exports);
  return exports;
}

NODE_API_MODULE(vrrpd, Init)
