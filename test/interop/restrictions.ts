/**
 * What systemd would forbid the processes of a unit, by hand, where there is no systemd: the capabilities that it takes from
 * the bounding set, and a filter of system calls (seccomp) for SystemCallFilter=, RestrictAddressFamilies=, ProtectHostname=
 * and NoNewPrivileges=. The unit's own lines say which, and systemd-analyze says what is in a set of system calls.
 */
import { execFileSync } from "node:child_process";
import { readUnit } from "../image/manifests.js";
import { findProgram } from "../lab/daemons/programs.js";

/** What the filter returns, and does: linux/seccomp.h. */
const [ALLOW, ERRNO] = [0x7fff0000, 0x00050000];
const EPERM = 1;
/** Classic BPF, and where the number and the low half of the first argument stand (struct seccomp_data). */
const [LOAD, EQUALS, RETURN] = [0x20, 0x15, 0x06];
const [NUMBER_AT, ARGUMENT_AT] = [0, 16];
const FAMILIES: Readonly<Record<string, number>> = {
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 10,
  AF_NETLINK: 16,
  AF_PACKET: 17,
};
/** prctl(2): a filter takes CAP_SYS_ADMIN, or that no privilege can be gained, as for systemd itself. */
const PERL = `
use strict;
my ($number, $nnp, $program, @command) = @ARGV;
my $filter = pack("H*", $program);
syscall($number, 38, 1, 0, 0, 0) == 0 or die "no_new_privs: $!" if $nnp;
my $header = pack("S x6 P", length($filter) / 8, $filter);
syscall($number, 22, 2, $header, 0, 0) == 0 or die "seccomp: $!";
exec { $command[0] } @command or die "exec: $!";
`;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/** Words to put before a command, which leave it what the unit leaves it. @param path of the unit, below the root */
export function restrictedBy(path: string): string[] {
  const { Service: unit } = readUnit(path) as { Service: Record<string, string[]> };
  const numbers = systemCallNumbers();
  const forbidden = [
    ...(unit.SystemCallFilter ?? []).flatMap((line) => (line.startsWith("~") ? callsOf(line) : [])),
    ...(unit.ProtectHostname?.[0] === "true" ? ["sethostname", "setdomainname"] : []),
  ];
  const calls = forbidden.map((name) => numbers.get(name)).filter((number) => number !== undefined);
  const families = (unit.RestrictAddressFamilies ?? []).flatMap((line) => line.split(" "));
  const program = filterOf(
    calls,
    numbers.get("socket")!,
    families.map((name) => FAMILIES[name]!),
  );
  const dropped = (unit.CapabilityBoundingSet ?? [])
    .flatMap((line) => line.replace(/^~/, "").split(" "))
    .map((name) => `-${name.replace(/^CAP_/, "").toLowerCase()}`);
  const noNew = unit.NoNewPrivileges?.[0] === "true" ? "1" : "0";
  const seccomp = ["perl", "-e", PERL, `${numbers.get("prctl")}`, noNew, program];
  // The filter first: it takes a capability that may be among those that go.
  return [
    ...seccomp,
    "/usr/bin/env",
    "setpriv",
    `--bounding-set=${dropped.join(",")}`,
    `--inh-caps=${dropped.join(",")}`,
  ];
}

/** "~@clock @swap": the names of the system calls in these sets. */
function callsOf(line: string): string[] {
  const { path, env } = findProgram("usr/bin/systemd-analyze");
  const sets = line.replace(/^~/, "").split(" ");
  const told = execFileSync(path, ["syscall-filter", "--no-pager", ...sets], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return told.split("\n").flatMap((one) => /^ {4}(\w+)$/.exec(one)?.[1] ?? []);
}

function systemCallNumbers(): ReadonlyMap<string, number> {
  const macros = execFileSync("g++", ["-E", "-dM", "-include", "sys/syscall.h", "-x", "c", "/dev/null"], {
    encoding: "utf8",
  });
  return new Map(
    [...macros.matchAll(/^#define __NR_(\w+) (\d+)$/gm)].map((one) => [one[1]!, Number(one[2])]),
  );
}

/** The program as struct sock_filter, in hexadecimal. */
function filterOf(calls: readonly number[], socket: number, families: readonly number[]): string {
  const refuse: Instruction = [RETURN, 0, 0, ERRNO | EPERM];
  const allow: Instruction = [RETURN, 0, 0, ALLOW];
  const program: Instruction[] = [
    [LOAD, 0, 0, NUMBER_AT],
    ...calls.flatMap((number): Instruction[] => [[EQUALS, 0, 1, number], refuse]),
    [EQUALS, 0, families.length + 2, socket],
    [LOAD, 0, 0, ARGUMENT_AT],
    ...families.map((family, at): Instruction => [EQUALS, families.length - at, 0, family]),
    refuse,
    allow,
  ];
  return Buffer.concat(program.map(encoded)).toString("hex");
}

function encoded([code, ifTrue, ifFalse, value]: Instruction): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(value >>> 0, 4);
  return bytes;
}
