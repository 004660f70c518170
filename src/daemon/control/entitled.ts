/** Who may have the daemon do something: root, and whoever runs it. Others may ask, at most. */
import type { Socket } from "node:net";
import type { ErrorCode } from "../../base/errors.js";
import { peerCredentials } from "../../host/native.js";

const ROOT = 0;

/** What the other side makes an error of. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly error: string;
}

/** The number of the user whose process connected, as the kernel says it; null: it does not. */
export function userOf(socket: Socket): number | null {
  // Node has no other way to the descriptor; null: it is closed.
  const handle = (socket as { _handle?: { fd?: number } | null })._handle;
  try {
    return peerCredentials(handle?.fd ?? -1).uid;
  } catch {
    return null;
  }
}

export function isEntitled(user: number | null): boolean {
  return user === ROOT || user === process.geteuid!();
}

/** @param questions what everybody may ask who may connect */
export function refusalOf(command: string, questions: readonly string[]): Refusal {
  return {
    code: "EFORBIDDEN",
    error: `“${command}” is for root, and for the user that the daemon runs as; the group of the control socket may ask for ${questions.join(", ")}`,
  };
}
