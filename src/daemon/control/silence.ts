/** Why nobody answers at a control socket, in words. Loaded where that is so. */
import type { Socket } from "node:net";
import { peerCredentials } from "../../host/native.js";
import { stillnessOf } from "../../host/processes/stillness.js";
import { look } from "./place.js";

/** Of a connection that could not be made. */
export function whyUnreachable(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return "nothing is there";
  if (code === "EAGAIN") return "so many wait for an answer already that it takes no more";
  if (code !== "ECONNREFUSED") return message;
  return look(path)?.isSocket() ? "a daemon that was killed has left the socket behind" : "that is no socket";
}

/** Of one that was, and on which nothing came. */
export function whySilent(socket: Socket, timeoutMillis: number): string {
  const pid = listenerOf(socket);
  if (pid <= 0) return `it has said nothing for ${timeoutMillis / 1000} s`;
  const stillness = stillnessOf(pid);
  if (stillness !== null) return `it is process ${pid}, ${stillness}`;
  return `process ${pid} has said nothing for ${timeoutMillis / 1000} s; its log may say why`;
}

/** 0: the kernel does not say. */
function listenerOf(socket: Socket): number {
  // Node has no other way to the descriptor; null: it is closed.
  const handle = (socket as { _handle?: { fd?: number } | null })._handle;
  try {
    return peerCredentials(handle?.fd ?? -1).pid;
  } catch {
    return 0;
  }
}
