/** What tshark, which knows nothing of us, finds in a capture. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "../../lab/daemons/programs.js";
import type { Capture } from "../../netns/index.js";

/** One frame, as tshark reads it; a field that it does not have is empty. */
export type Dissected = Readonly<Record<(typeof FIELDS)[number], string>>;

const FIELDS = [
  "frame.number",
  "frame.protocols",
  "eth.src",
  "vrrp.typever",
  "vrrp.virt_rtr_id",
  "vrrp.prio",
  "vrrp.checksum.status",
  "ip.ttl",
  "ip.dsfield",
  "ip.checksum.status",
  "ipv6.hlim",
  "ipv6.tclass",
  "_ws.malformed",
  "_ws.expert.message",
  "_ws.expert.severity",
] as const;

/**
 * Verified with the pseudo-header in version 3 (`vrrp.v3_checksum_as_in_v2` off, tshark's own default), as we send.
 * The IP header's own is not looked at unless asked for.
 */
const PREFERENCES = ["vrrp.v3_checksum_as_in_v2:FALSE", "ip.check_checksum:TRUE"];
const CHECKSUM_GOOD = "1";
/** PI_ERROR of epan/proto.h. */
const SEVERITY_ERROR = 8_388_608;

export async function dissect(capture: Capture): Promise<Dissected[]> {
  const folder = await mkdtemp(join(tmpdir(), "vrrpd-interop-"));
  try {
    const file = join(folder, "wire.pcap");
    await capture.save(file);
    const { path, env } = findProgram("usr/bin/tshark");
    const fields = FIELDS.flatMap((field) => ["-e", field]);
    const preferences = PREFERENCES.flatMap((preference) => ["-o", preference]);
    const shape = ["-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=;"];
    const parameters = ["-n", "-r", file, ...preferences, ...shape, ...fields];
    // An empty home: no settings of whoever runs this.
    const options = { env: { ...env, HOME: folder, PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" } };
    const { stdout } = await promisify(execFile)(path, parameters, { ...options, maxBuffer: 1e8 });
    return stdout.split("\n").filter(Boolean).map(readLine);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readLine(line: string): Dissected {
  const values = line.split("\t");
  return Object.fromEntries(FIELDS.map((field, index) => [field, values[index] ?? ""])) as Dissected;
}

export function isAdvert(frame: Dissected): boolean {
  return frame["vrrp.typever"] !== "";
}

/** What no frame may be, whoever sent it. */
export function malformations(frames: readonly Dissected[]): string[] {
  return frames
    .filter(
      (frame) => frame["_ws.malformed"] !== "" || severities(frame).some((one) => one >= SEVERITY_ERROR),
    )
    .map((frame) => `${describe(frame)}: ${frame["_ws.expert.message"] || "malformed"}`);
}

/** What our adverts must be (RFC 9568 §5.1.1.3, §5.1.2.3, §5.2.8; TOS as Keepalived). One sentence a fault. */
export function advertFaults(frames: readonly Dissected[]): string[] {
  return frames.flatMap((frame) => {
    const isIpv6 = frame["ipv6.hlim"] !== "";
    const expected: [keyof Dissected, string][] = [
      ["vrrp.checksum.status", CHECKSUM_GOOD],
      ...((isIpv6
        ? [
            ["ipv6.hlim", "255"],
            ["ipv6.tclass", "0x000000c0"],
          ]
        : [
            ["ip.ttl", "255"],
            ["ip.dsfield", "0xc0"],
            ["ip.checksum.status", CHECKSUM_GOOD],
          ]) as [keyof Dissected, string][]),
    ];
    return expected
      .filter(([field, value]) => frame[field] !== value)
      .map(([field, value]) => `${describe(frame)}: ${field} is ${frame[field] || "absent"}, not ${value}`);
  });
}

function severities(frame: Dissected): number[] {
  return frame["_ws.expert.severity"].split(";").filter(Boolean).map(Number);
}

function describe(frame: Dissected): string {
  return `frame ${frame["frame.number"]} from ${frame["eth.src"]} (${frame["frame.protocols"]})`;
}
