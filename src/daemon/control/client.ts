/** The other end of the control socket: asks a running daemon. */

import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { type ErrorCode, VrrpdError } from "../../base/errors.js";
import { SOCKET_VARIABLE } from "../../base/socket-variable.js";
import { knock } from "./place.js";

const ANSWER_TIMEOUT_MILLIS = 5_000;
/** Work that a request asks for may take so long: a reload that waits for another one, each with a reading of 30 s. */
export const WORK_TIMEOUT_MILLIS = 75_000;
export const SOCKET_FOLDER = "/run/vrrpd";
const SUFFIX = ".sock";
/** What a configuration can be named; a path has other characters. */
const NAME = /^[\w-]+$/;

type Words = typeof import("./silence.js");

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
    const fail = async (why: (words: Words) => string) => {
      // Destroyed, it would not tell whose it is.
      socket.pause();
      const words = why(await import("./silence.js"));
      socket.destroy();
      reject(new VrrpdError("ENODAEMON", `no running vrrpd answers at ${path}: ${words}`));
    };
    socket.setEncoding("utf8");
    socket.setTimeout(timeoutMillis, () => {
      void fail(({ whySilent }) => whySilent(socket, timeoutMillis));
    });
    socket.once("connect", () => socket.write(`${JSON.stringify(asked)}\n`));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EACCES") reject(forbidden(`the control socket ${path}`));
      else void fail(({ whyUnreachable }) => whyUnreachable(path, error));
    });
    socket.on("data", (part: string) => {
      text += part;
    });
    socket.once("end", () => {
      const answer = parsed(text);
      if (answer === undefined) void fail(() => "it closed the connection without an answer");
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

/** The path of a socket that is named by it, or by the name of its configuration: `nw1`. */
export function socketNamed(text: string, folder = SOCKET_FOLDER): string {
  return NAME.test(text) ? join(folder, `${text}${SUFFIX}`) : text;
}

/**
 * The one socket that somebody listens on. Throws VrrpdError `ENODAEMON`, `EFORBIDDEN` where this user may not look, or
 * `EAMBIGUOUS` with the names when there are several.
 */
export async function theOnlySocket(folder = SOCKET_FOLDER): Promise<string> {
  const all = socketsIn(folder);
  // Where there is one, whoever asks there learns how it is.
  const sockets = all.length === 1 ? all : await listenedOn(all);
  if (sockets.length === 1) return sockets[0]!;
  if (sockets.length === 0) {
    const left = all.length > 0 ? `nobody listens at ${all.join(", ")}` : `there is no socket in ${folder}`;
    throw new VrrpdError("ENODAEMON", `no vrrpd runs here: ${left}`);
  }
  const names = sockets.map((path) => basename(path, SUFFIX)).join(", ");
  throw new VrrpdError(
    "EAMBIGUOUS",
    `several daemons run here: ${names}; name one with --socket or ${SOCKET_VARIABLE}`,
  );
}

/** Killed daemons leave theirs behind. */
async function listenedOn(paths: readonly string[]): Promise<string[]> {
  const refusals = await Promise.all(paths.map(knock));
  return paths.filter((_, at) => refusals[at] !== "ECONNREFUSED" && refusals[at] !== "ENOENT");
}

function socketsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(SUFFIX));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") throw forbidden(`the folder ${folder}`);
    return [];
  }
}

function forbidden(what: string): VrrpdError {
  const who = "only root, the user of the daemon and members of its group may use it";
  return new VrrpdError("EFORBIDDEN", `${what} is not for this user: ${who}`);
}
