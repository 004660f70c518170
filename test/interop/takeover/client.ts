/** A client that asks the virtual addresses all the time, and what it went without. */
import { fileURLToPath } from "node:url";
import { type Host, type HostProcess, until } from "../../netns/index.js";

const PROGRAM = fileURLToPath(new URL("client.mjs", import.meta.url));
const SERVICE = fileURLToPath(new URL("../../demo/service.mjs", import.meta.url));
const INTERVAL_MILLIS = 50;
/** Longer than a busy machine takes to answer, shorter than the first repetition of a SYN (1 s). */
const PATIENCE_MILLIS = 600;
/** Of consecutive questions that were answered: a gap above it is an interruption. */
const UNNOTICED_MICROS = 400_000;

export interface Outage {
  readonly address: string;
  /** When the last question was asked that got an answer. */
  readonly fromMicros: number;
  readonly lengthMicros: number;
}

/** Answers with the name of the host. */
export async function startService(host: Host, port: number): Promise<void> {
  const service = host.start([process.execPath, SERVICE, host.name, String(port)]);
  await service.waitForLine(/ready/);
}

export class Client {
  private readonly process: HostProcess;

  /** @param command takes what client.mjs takes, and prints what that prints */
  constructor(
    host: Host,
    port: number,
    private readonly addresses: readonly string[],
    command: readonly string[] = [process.execPath, PROGRAM],
    intervalMillis = INTERVAL_MILLIS,
  ) {
    const parameters = [port, intervalMillis, PATIENCE_MILLIS].map(String);
    this.process = host.start([...command, ...parameters, ...addresses]);
  }

  /** Returns when each address has answered a question that is yet to be asked. */
  async untilAnswered(): Promise<void> {
    const nowMicros = Date.now() * 1000;
    await until(
      () =>
        this.addresses.every((address) =>
          this.answers(address).some(({ beganAtMicros }) => beganAtMicros > nowMicros),
        ),
      { what: `an answer from ${this.addresses.join(" and ")}`, timeoutMs: 30_000, intervalMs: 100 },
    );
  }

  /** Between questions that were asked since then and answered. */
  outages(sinceMicros: number): Outage[] {
    return this.addresses.flatMap((address) => {
      const asked = this.answers(address).map(({ beganAtMicros }) => beganAtMicros);
      return asked.slice(1).flatMap((next, index) => {
        const fromMicros = asked[index]!;
        const lengthMicros = next - fromMicros;
        const counts = next > sinceMicros && lengthMicros > UNNOTICED_MICROS;
        return counts ? [{ address, fromMicros, lengthMicros }] : [];
      });
    });
  }

  /** Who answered questions that were asked since then, in their order: a name for each change. */
  answeredBy(address: string, sinceMicros: number): string[] {
    return this.answers(address)
      .filter(({ beganAtMicros }) => beganAtMicros > sinceMicros)
      .map(({ by }) => by)
      .filter((by, index, all) => by !== all[index - 1]);
  }

  /** In the order of the questions. */
  private answers(address: string): { beganAtMicros: number; by: string }[] {
    return this.process.lines
      .map(({ text }) => text.split(" ") as [string, string, string])
      .filter(([, asked, by]) => asked === address && by !== "-")
      .map(([began, , by]) => ({ beganAtMicros: Number(began), by }))
      .sort((a, b) => a.beganAtMicros - b.beganAtMicros);
  }
}
