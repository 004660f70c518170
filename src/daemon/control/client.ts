/** The other end of the control socket: asks a running daemon. */

import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { type ErrorCode, VrrpdError } from "../../base/errors.js";
import { SOCKET_VARIABLE } from "../../base/socket-variable.js";

const ANSWER_TIMEOUT_MILLIS = 5_000;
export const SOCKET_FOLDER = "/run/vrrpd";

/** The answer of the daemon at `path`. @param request a command's name, or that with what else it needs. Throws VrrpdError `ENODAEMON` when none answers, `EFORBIDDEN` when it refuses. */
export function ask(
  path: string,
  request: string | { readonly command: string },
  timeoutMillis = ANSWER_TIMEOUT_MILLIS,
): Promise<unknown> {
  const asked = typeof request === "string" ? { command: request } : request;
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = "";
    const fail = (why: string) => {
      socket.destroy();
      reject(new VrrpdError("ENODAEMON", `no running vrrpd answers at ${path}: ${why}`));
    };
    socket.setEncoding("utf8");
    socket.setTimeout(timeoutMillis, () => fail("timed out"));
    socket.once("connect", () => socket.write(`${JSON.stringify(asked)}\n`));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EACCES") return fail(error.message);
      const who = "only root, the user of the daemon and members of its group may use it";
      reject(new VrrpdError("EFORBIDDEN", `the control socket ${path} is not for this user: ${who}`));
    });
    socket.on("data", (part: string) => {
      text += part;
    });
    socket.once("end", () => {
      const answer = parsed(text);
      if (answer === undefined) fail("it closed the connection without an answer");
      else if (isRefusal(answer)) reject(new VrrpdError("EFORBIDDEN", answer.error));
      else resolve(answer);
    });
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRefusal(answer: unknown): answer is { readonly error: string } {
  if (typeof answer !== "object" || answer === null) return false;
  const { code, error } = answer as { code?: unknown; error?: unknown };
  return code === ("EFORBIDDEN" satisfies ErrorCode) && typeof error === "string";
}

/** The one socket there is. Throws VrrpdError `ENODAEMON`, or `EAMBIGUOUS` with the list when there are several. */
export function theOnlySocket(folder = SOCKET_FOLDER): string {
  const sockets = socketsIn(folder);
  if (sockets.length === 1) return sockets[0]!;
  if (sockets.length === 0)
    throw new VrrpdError("ENODAEMON", `no vrrpd runs here: there is no socket in ${folder}`);
  throw new VrrpdError(
    "EAMBIGUOUS",
    `several daemons run here; name one with --socket or ${SOCKET_VARIABLE}: ${sockets.join(", ")}`,
  );
}

function socketsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".sock"))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
