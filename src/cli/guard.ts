/**
 * Node opens its inspector on SIGUSR1 until JavaScript has taken the signal over, and where NODE_OPTIONS says so: any
 * local user could then run code in the daemon. The first lines of the bundled command (scripts/bundle.mjs) start Node
 * so that it cannot: the inspector's address is one that no kernel lets anybody listen on, NODE_OPTIONS is put aside, and
 * real-time signals, which end a process by default, are ignored. A daemon that was started by `node …/vrrpd.js` starts
 * itself again in that way, as the same process. Who asks for the inspector on the command line gets it.
 */

/** A link-local address without an interface. */
export const NOWHERE = "--inspect-port=[fe80::1]:1025";
/** Holds NODE_OPTIONS while Node starts. */
const PUT_ASIDE = "IGNORED_NODE_OPTIONS";

/** null: there were none. Scripts get them as ever. */
export const ignoredNodeOptions = process.env[PUT_ASIDE] ?? null;
if (ignoredNodeOptions !== null) {
  process.env.NODE_OPTIONS = ignoredNodeOptions;
  delete process.env[PUT_ASIDE];
}

/** Of a daemon, before anything else is loaded. Returns once it is guarded, or where the kernel refuses that. */
export async function guardDaemon(): Promise<void> {
  if (!isGuarded()) await startAgain();
}

function isGuarded(): boolean {
  if (process.execArgv.some((flag) => /^--inspect(-brk|-wait)?(=|$)/.test(flag))) return true;
  return (
    process.execArgv.includes(NOWHERE) && (process.env.NODE_OPTIONS ?? "") === (ignoredNodeOptions ?? "")
  );
}

/** Returns where the kernel refuses it. */
async function startAgain(): Promise<void> {
  const { errnoName, replaceProcess } = await import("../host/native.js");
  const { NODE_OPTIONS: options, ...rest } = process.env;
  const environment = Object.entries(options === undefined ? rest : { ...rest, [PUT_ASIDE]: options });
  const errno = replaceProcess(
    process.execPath,
    [process.argv0, ...process.execArgv, NOWHERE, ...process.argv.slice(1)],
    environment.map(([name, value]) => `${name}=${value}`),
  );
  process.stderr.write(
    `vrrpd: could not be started without Node's inspector (${errnoName(errno)}); it goes on\n`,
  );
}
