/** What an attack is, and what it finds: shared by `npm run attack` and by the short forms in `npm test`. */

export interface AttackOptions {
  /** How long the attacker goes on; parts that end by themselves take what they need. */
  readonly seconds: number;
  /** Packets or connections, as a share of what the full attack sends: 1 is all. */
  readonly strength: number;
  /** What a share of the processor may be, as a multiple of the aim: the kernel counts in ticks, coarse for a short look. */
  readonly cpuSlack: number;
  /** Says on what it works. */
  readonly say: (what: string) => void;
}

/** One aim, and whether it was reached. */
export interface Row {
  readonly what: string;
  readonly aim: string;
  readonly measured: string;
  readonly passed: boolean;
}

export interface Attack {
  /** As on the command line. */
  readonly name: string;
  readonly title: string;
  /** Makes its own hosts, and takes them away whatever happens. */
  readonly run: (options: AttackOptions) => Promise<Row[]>;
}

/** A figure with an upper bound. @param digits after the point */
export function atMost(what: string, value: number, most: number, unit: string, digits = 2): Row {
  const measured = Number.isFinite(value) ? `${value.toFixed(digits)}${unit}` : "never";
  return { what, aim: `≤ ${most}${unit}`, measured, passed: value <= most };
}

/** Something that has to be so. @param otherwise what was found instead */
export function must(what: string, passed: boolean, aim: string, otherwise: string): Row {
  return { what, aim, measured: passed ? aim : otherwise, passed };
}

/** An attacker that is too weak proves nothing. @param least of the rate that was asked for, 0..1 */
export function strongEnough(perSecond: number, wanted: number, least = 0.8): Row {
  const aim = `≥ ${Math.round(wanted * least)}/s`;
  return {
    what: "packets sent",
    aim,
    measured: `${Math.round(perSecond)}/s`,
    passed: perSecond >= wanted * least,
  };
}
