/** A TCP connection to this node's own address: passes when it stands within the time limit; nothing is sent. */
import { once } from "node:events";
import { connect } from "node:net";
import { hostOfUrl, type IpAddress } from "../../base/address.js";
import { formatSeconds, microsToSeconds } from "../../base/time.js";
import type { CheckPlan, TcpCheck } from "../../config/index.js";
import { nameOf } from "../../core/origin.js";
import { type Finding, ok, warning } from "../finding.js";
import { type Answer, Attempts, type AttemptsOptions } from "./attempts.js";
import type { CheckKind } from "./kind.js";
import { failed } from "./reasons.js";

const EXAMINED_MILLIS = 1_000;

export const tcp: CheckKind<TcpCheck> = {
  title: "probe",
  listedAs: "probe",
  start(check, hooks) {
    const probe = startProbe({ ...check, ...hooks });
    return { update: ({ address }) => probe.setTarget(address), stop: async () => probe.stop() };
  },
  describe: ({ address, port }) => `port ${port} of ${address?.text ?? "this node"}`,
  fact: ({ address, port }) => `${address?.text ?? "this node"} port ${port}`,
  settings({ address, port, intervalMicros }) {
    return { address: address?.text ?? null, port, intervalSeconds: microsToSeconds(intervalMicros) };
  },
  examine: async (check) => [await examine(check)],
  action({ origin }, verdict) {
    return verdict === "advisory"
      ? `Set ${nameOf(origin)} to the service's port, or to 0 if the script is enough.`
      : "Start or mend the service on this node; the address goes to another node meanwhile.";
  },
};

export interface ProbeOptions extends AttemptsOptions {
  /** null: not known yet; nothing is probed, and no result comes, until `setTarget`. */
  readonly address: IpAddress | null;
  readonly port: number;
}

export interface Probe {
  /** Probes this address from now on, at once if it is another one. */
  setTarget(address: IpAddress | null): void;
  stop(): void;
}

export function startProbe(options: ProbeOptions): Probe {
  return new TcpProbe(options);
}

class TcpProbe implements Probe {
  readonly #attempts: Attempts;
  #address: IpAddress | null = null;

  constructor(private readonly options: ProbeOptions) {
    this.#attempts = new Attempts(options);
    this.setTarget(options.address);
  }

  setTarget(address: IpAddress | null): void {
    if (address?.text === this.#address?.text) return;
    this.stop();
    this.#address = address;
    if (address === null) return;
    const { port, intervalMicros } = this.options;
    const target = `${hostOfUrl(address)}:${port}`;
    const late = `no answer from ${target} within ${formatSeconds(intervalMicros)}`;
    this.#attempts.start((signal) => askTcp(address, port, signal), late);
  }

  stop(): void {
    this.#attempts.stop();
    this.#address = null;
  }
}

/** Connects. */
async function askTcp(address: IpAddress, port: number, signal: AbortSignal): Promise<Answer> {
  const target = `${hostOfUrl(address)}:${port}`;
  const startedMillis = performance.now();
  const refusal = await connectTo(address.text, port, signal);
  if (refusal !== null) return failed(target, refusal);
  const millis = (performance.now() - startedMillis).toFixed(1);
  return { outcome: "pass", detail: `connected to ${target} in ${millis} ms` };
}

async function examine({ address, port, origin }: CheckPlan<TcpCheck>): Promise<Finding> {
  if (address === null) {
    return warning(
      "port",
      `port ${port} was not tried: this node has no address yet`,
      "Give the interface one.",
    );
  }
  const refusal = await connectTo(address.text, port, AbortSignal.timeout(EXAMINED_MILLIS));
  const target = `port ${port} of ${address.text}`;
  if (refusal === null) return ok("port", `${target} answers`);
  return warning(
    "port",
    `${target} does not answer (${refusal}): the node would be in FAULT`,
    `Start the service, or correct ${nameOf(origin)}.`,
  );
}

/** null: it answers; else the code, or why not. The connection does not stay. */
async function connectTo(host: string, port: number, signal: AbortSignal): Promise<string | null> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal });
    // Without a listener, a port of the ephemeral range can be given to this very socket, which then meets itself.
    return socket.localPort === port ? "ECONNREFUSED" : null;
  } catch (failure) {
    const { code, name, message } = failure as NodeJS.ErrnoException;
    return name === "AbortError" ? "no answer within a second" : (code ?? message);
  } finally {
    socket.on("error", () => {});
    socket.destroy();
  }
}
