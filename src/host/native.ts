/** The one place that loads the addon (native/index.d.cts says what each call does), and the names of its errnos. */
import { createRequire } from "node:module";
import { constants } from "node:os";
import type * as Native from "#native";

const addon: typeof Native = createRequire(import.meta.url)("#native");

export const {
  Inotify,
  Lock,
  NetlinkSocket,
  PacketSocket,
  RawReceiver,
  RawSender,
  RealtimeSignals,
  TcpListener,
  Timer,
  UnixDatagrams,
} = addon;
export const {
  endRealtime,
  findGroup,
  findUser,
  isLockTaken,
  kill,
  lockHolder,
  makeFifo,
  nowMicros,
  peerCredentials,
  readFiles,
  readLink,
  reapOrphans,
  replaceProcess,
  setCommandLine,
  setRealtime,
  socketOwners,
  spawn,
} = addon;
/** Annotated, so that the compiler knows that nothing follows a call. */
export const exitNow: typeof Native.exitNow = addon.exitNow;

export type Inotify = Native.Inotify;
export type Lock = Native.Lock;
export type NetlinkSocket = Native.NetlinkSocket;
export type PacketSocket = Native.PacketSocket;
export type RawReceiver = Native.RawReceiver;
export type RawSender = Native.RawSender;
export type RealtimeSignals = Native.RealtimeSignals;
export type SocketOwner = Native.SocketOwner;
export type SpawnedProcess = Native.SpawnedProcess;
export type SpawnOptions = Native.SpawnOptions;
export type TcpListener = Native.TcpListener;
export type Timer = Native.Timer;
export type UnixDatagrams = Native.UnixDatagrams;

// Some numbers have two names (EAGAIN and EWOULDBLOCK); the first one, alphabetically, is the usual one.
const names = new Map(
  Object.entries(constants.errno)
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([name, errno]) => [errno, name]),
);

/** `ENOENT` for 2 and for -2; `errno 999` for a number without a name. */
export function errnoName(errno: number): string {
  return names.get(Math.abs(errno)) ?? `errno ${Math.abs(errno)}`;
}
