/** When a host held an address, as its kernel tells: `ip monitor` with timestamps. */
import { type Host, until } from "../../netns/index.js";

export interface Span {
  readonly fromMicros: number;
  /** Infinity: until now. */
  readonly toMicros: number;
}

/** An address that no test uses: when it is shown, the monitor listens. */
const PROBE = "203.0.113.254";
const STAMP = /^\[(\d{4}-\d\d-\d\dT[\d:]{8})\.(\d{6})\] (.*)$/;

export class HoldingWatch {
  private constructor(
    readonly host: Host,
    private readonly lines: () => readonly string[],
  ) {}

  static async start(host: Host): Promise<HoldingWatch> {
    const command = ["ip", "-oneline", "-tshort", "monitor", "link", "address"];
    const monitor = host.start(command, { env: { TZ: "UTC" } });
    await until(
      async () => {
        await host.ok(["ip", "address", "replace", `${PROBE}/32`, "dev", "lo"]);
        await host.ok(["ip", "address", "del", `${PROBE}/32`, "dev", "lo"]);
        return monitor.output.includes(PROBE);
      },
      { what: `ip monitor on ${host.name}` },
    );
    return new HoldingWatch(host, () => monitor.lines.map(({ text }) => text));
  }

  /**
   * The times at which the host had this address on an interface.
   * @param virtualInterface one that has the address all the time: then the times at which this interface was up
   */
  spans(address: string, virtualInterface: string | null): Span[] {
    const spans: Span[] = [];
    let since: number | null = null;
    for (const { atMicros, text } of readLines(this.lines())) {
      const holds =
        virtualInterface === null ? addressState(text, address) : linkState(text, virtualInterface);
      if (holds === null || holds === (since !== null)) continue;
      if (since !== null) spans.push({ fromMicros: since, toMicros: atMicros });
      since = holds ? atMicros : null;
    }
    if (since !== null) spans.push({ fromMicros: since, toMicros: Number.POSITIVE_INFINITY });
    return spans;
  }
}

/** How long each of one list lies over each of the other, in microseconds, where they do; an open end is now. */
export function overlaps(a: readonly Span[], b: readonly Span[], nowMicros = Date.now() * 1000): number[] {
  return a.flatMap((one) =>
    b.flatMap((other) => {
      const from = Math.max(one.fromMicros, other.fromMicros);
      const to = Math.min(one.toMicros, other.toMicros, nowMicros);
      return to > from ? [to - from] : [];
    }),
  );
}

function readLines(lines: readonly string[]): { atMicros: number; text: string }[] {
  return lines.flatMap((line) => {
    const match = STAMP.exec(line);
    if (!match) return [];
    const [, second, fraction, text] = match;
    return [{ atMicros: Date.parse(`${second}Z`) * 1000 + Number(fraction), text: text! }];
  });
}

/** Null: this line says nothing about it. */
function addressState(text: string, address: string): boolean | null {
  const match = /^(Deleted )?\d+: \S+\s+inet6? ([^/\s]+)/.exec(text);
  return match?.[2] === address ? match[1] === undefined : null;
}

function linkState(text: string, name: string): boolean | null {
  const match = /^(Deleted )?\d+: ([^@:\s]+)[^<]*<([^>]*)>/.exec(text);
  return match?.[2] === name ? match[1] === undefined && match[3]!.split(",").includes("LOWER_UP") : null;
}
