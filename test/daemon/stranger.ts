/**
 * A local user without any rights who holds abstract names, or asks for them without end. In Python, which compiling the
 * addon needs as well: Node pads abstract names, and always listens.
 */
import { readFileSync } from "node:fs";

export const STRANGER = 65534;

/** Why there are none here, for `skip`; false: there are. */
export const noStrangers = canBecomeStranger()
  ? false
  : "another user is needed, and only root of the machine can become one";

/** In a user namespace made without rights there is one user alone. */
function canBecomeStranger(): boolean {
  const users = readFileSync("/proc/self/uid_map", "utf8").trim().split("\n");
  const has = users.some((line) => {
    const [first, , count] = line.trim().split(/\s+/).map(Number);
    return STRANGER >= first! && STRANGER < first! + count!;
  });
  return process.getuid!() === 0 && has;
}

const SOURCE = `
import ctypes, os, signal, socket, sys
os.setgroups([])
os.setuid(${STRANGER})
ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # ends with its parent
kind, how, names = sys.argv[1], sys.argv[2], sys.argv[3:]
kept = []

def flood(name):
    print("floods", flush=True)
    while True:
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.setblocking(False)
        try:
            client.connect("\\0" + name)
        except OSError:
            pass
        client.close()

for name in names:
    if how == "connected":
        one, other = socket.socketpair(socket.AF_UNIX, getattr(socket, kind))
        kept.append(other)
    else:
        one = socket.socket(socket.AF_UNIX, getattr(socket, kind))
    if how == "flooding":
        flood(name)
    one.bind("\\0" + name)
    kept.append(one)
    if how == "listening":
        one.listen(0)
        try:
            while True:
                client = socket.socket(socket.AF_UNIX, getattr(socket, kind))
                client.setblocking(False)
                kept.append(client)
                client.connect("\\0" + name)
        except BlockingIOError:
            pass
print("held", flush=True)
signal.pause()`;

export type How = "bound" | "connected" | "listening" | "flooding";

/**
 * The command, to be run as root; it prints a line once it has begun, and ends with its parent.
 * @param how bound alone, connected elsewhere, listening with a full queue, or connecting to the first name for ever
 * @param kind the type of its sockets
 */
export function stranger(how: How, names: readonly string[], kind = "SOCK_STREAM"): string[] {
  return ["python3", "-c", SOURCE, kind, how, ...names];
}
