/** Connects to a port of this node's own address every interval, which is also the time limit; nothing is sent. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { IpAddress } from "../../base/address.js";
import {
  formatSeconds,
  MICROS_PER_MILLISECOND,
  type Micros,
  microsToSeconds,
  timerMillis,
} from "../../base/time.js";
import type { CheckPlan, TcpCheck } from "../../config/index.js";
import { nameOf } from "../../core/origin.js";
import { type Finding, ok, warning } from "../finding.js";
import { isShortage } from "../scripts/file.js";
import type { CheckKind } from "./kind.js";

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

export interface ProbeOptions {
  /** null: not known yet; nothing is probed, and no result comes, until `setTarget`. */
  readonly address: IpAddress | null;
  readonly port: number;
  readonly intervalMicros: Micros;
  /** Microseconds of a monotonic clock, for the detail and `onEnded` alone. */
  readonly clock?: () => Micros;
  readonly onResult: (outcome: "pass" | "fail" | "timeout", detail: string) => void;
  /** A probe that did not take place and says nothing about the service: this host is short of something. */
  readonly onProblem: (sentence: string) => void;
  /** A probe begins; one that is not `stop`ped comes to `onEnded`, whatever its outcome. For those who measure. */
  readonly onStarted?: () => void;
  readonly onEnded?: (tookMicros: Micros) => void;
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
  readonly #options: ProbeOptions;
  readonly #clock: () => Micros;
  #address: IpAddress | null = null;
  #ticks: NodeJS.Timeout | null = null;
  /** The connection that has not come out yet. */
  #socket: Socket | null = null;
  #startedAt: Micros = 0;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now() * MICROS_PER_MILLISECOND);
    this.setTarget(options.address);
  }

  setTarget(address: IpAddress | null): void {
    if (address?.text === this.#address?.text) return;
    this.stop();
    this.#address = address;
    if (address === null) return;
    this.#ticks = setInterval(() => this.#tick(), timerMillis(this.#options.intervalMicros));
    this.#connect(address);
  }

  stop(): void {
    if (this.#ticks !== null) clearInterval(this.#ticks);
    this.#ticks = null;
    this.#address = null;
    this.#socket?.destroy();
    this.#socket = null;
  }

  /** After a stall of the loop a timer fires before the answer that came in time is read; so that one goes first. */
  #tick(): void {
    const [ticks, due] = [this.#ticks, this.#socket];
    setImmediate(() => {
      if (this.#ticks !== ticks || this.#address === null) return;
      if (due !== null) {
        const limit = formatSeconds(this.#options.intervalMicros);
        this.#conclude(due, "timeout", `no answer from ${this.#target(this.#address)} within ${limit}`);
      }
      // The listener of the result may have stopped the probe, or given it another target.
      if (this.#ticks === ticks && this.#address !== null) this.#connect(this.#address);
    });
  }

  #connect(address: IpAddress): void {
    this.#startedAt = this.#clock();
    this.#options.onStarted?.();
    const socket = connect({ host: address.text, port: this.#options.port });
    this.#socket = socket;
    const target = this.#target(address);
    socket.once("connect", () => {
      // Without a listener, a port of the ephemeral range can be given to this very socket, which then meets itself.
      if (socket.localPort === this.#options.port) {
        return this.#conclude(socket, "fail", `${target}: ${describeError("ECONNREFUSED")}`);
      }
      const millis = ((this.#clock() - this.#startedAt) / MICROS_PER_MILLISECOND).toFixed(1);
      this.#conclude(socket, "pass", `connected to ${target} in ${millis} ms`);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const code = error.code ?? error.message;
      if (isShortage(code))
        this.#abandon(socket, `${target} could not be probed (${code}); it is tried again`);
      else this.#conclude(socket, "fail", `${target}: ${describeError(code)}`);
    });
  }

  #conclude(socket: Socket, outcome: "pass" | "fail" | "timeout", detail: string): void {
    if (!this.#release(socket)) return;
    this.#options.onResult(outcome, detail);
  }

  #abandon(socket: Socket, sentence: string): void {
    if (this.#release(socket)) this.#options.onProblem(sentence);
  }

  /** False: this connection is none of the present ones. */
  #release(socket: Socket): boolean {
    if (this.#socket !== socket) return false;
    socket.destroy();
    this.#socket = null;
    this.#options.onEnded?.(this.#clock() - this.#startedAt);
    return true;
  }

  #target(address: IpAddress): string {
    return address.family === "ipv6"
      ? `[${address.text}]:${this.#options.port}`
      : `${address.text}:${this.#options.port}`;
  }
}

function describeError(code: string): string {
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return `no route (${code})`;
  return `connection failed (${code})`;
}

async function examine({ address, port, origin }: CheckPlan<TcpCheck>): Promise<Finding> {
  if (address === null) {
    return warning(
      "port",
      `port ${port} was not tried: this node has no address yet`,
      "Give the interface one.",
    );
  }
  const refusal = await connectTo(address.text, port);
  const target = `port ${port} of ${address.text}`;
  if (refusal === null) return ok("port", `${target} answers`);
  return warning(
    "port",
    `${target} does not answer (${refusal}): the node would be in FAULT`,
    `Start the service, or correct ${nameOf(origin)}.`,
  );
}

/** null: it answers. */
async function connectTo(host: string, port: number): Promise<string | null> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(EXAMINED_MILLIS) });
    return socket.localPort === port ? "ECONNREFUSED" : null;
  } catch (failure) {
    const { code, name } = failure as NodeJS.ErrnoException;
    return name === "AbortError" ? "no answer within a second" : (code ?? name);
  } finally {
    socket.destroy();
  }
}
