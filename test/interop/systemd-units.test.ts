/** The units of docs/deploy, as systemd itself judges them, and as far as they can be had without it. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { readUnit } from "../image/manifests.js";
import { findProgram } from "../lab/daemons/programs.js";
import { ROOT } from "../lab/daemons/vrrpd.js";
import { restrictedBy } from "./restrictions.js";

const UNITS = ["vrrpd", "keepalived"] as const;
const pathOf = (unit: string) => `docs/deploy/${unit}.service`;

function analyze(...words: readonly string[]) {
  const { path, env } = findProgram("usr/bin/systemd-analyze");
  return spawnSync(path, [...words, "--no-pager"], { encoding: "utf8", env: { ...process.env, ...env } });
}

t.test("exposure: at most 2.0 without scripts, at most 6.5 with them", async (t) => {
  for (const [unit, most] of [
    ["vrrpd", 2.0],
    ["keepalived", 6.5],
  ] as const) {
    const { stdout } = analyze("security", "--offline=true", join(ROOT, pathOf(unit)));
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
    t.ok(exposure <= most, `${unit}.service: ${exposure}`);
  }
});

t.test("systemd understands every line, but for what the unit says itself", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-units-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const unit of UNITS) {
    const path = join(folder, `${unit}.service`);
    const text = readFileSync(join(ROOT, pathOf(unit)), "utf8");
    // Where this machine has programs.
    writeFileSync(path, text.replaceAll(/\/usr\/local\/bin\/(vrrpd|keepalived)/g, "/bin/true"));
    const said = analyze("verify", path)
      .stderr.split("\n")
      .filter((line) => line.includes(path));
    const unknown = said.filter((line) => !/Unknown key '(RestartSteps|RestartMaxDelaySec)'/.test(line));
    t.strictSame(unknown, [], unit);
  }
});

t.test("both start when told to be ready, are watched, and start again for ever", async (t) => {
  for (const unit of UNITS) {
    const { Unit, Service } = readUnit(pathOf(unit));
    t.match(Unit, { StartLimitIntervalSec: ["0"] }, unit);
    t.match(Service, {
      Type: ["notify"],
      WatchdogSec: ["30"],
      Restart: ["always"],
      RestartMaxDelaySec: ["60"],
      ExecReload: ["/usr/local/bin/vrrpd reload"],
    });
    t.notOk("RestartPreventExitStatus" in Service!, "whatever is wrong may be mended meanwhile");
  }
  const { Service } = readUnit(pathOf("keepalived"));
  t.match(Service, { KillMode: ["process"] });
  // The last five of these give a service mounts of its own: what a script mounts would not be seen by the host.
  const open =
    "User NoNewPrivileges PrivateTmp ProtectProc ProtectSystem ProtectHome PrivateDevices PrivateMounts";
  const ownMounts = "ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectControlGroups";
  const text = readFileSync(join(ROOT, pathOf("keepalived")), "utf8");
  for (const key of `${open} ${ownMounts}`.split(" ")) {
    t.notOk(key in Service!, `${key} is open`);
    t.match(text, new RegExp(`^#.*\\b${key}=`, "m"), `${key} is explained`);
  }
});

t.test("the restrictions by hand forbid what they should, and no more", async (t) => {
  const within = restrictedBy(pathOf("keepalived"));
  const run = (...command: readonly string[]) => {
    const [program, ...parameters] = [...within, ...command];
    return spawnSync(program!, parameters, { encoding: "utf8" });
  };
  const socket = (family: number) => `use Socket; socket(my $s, ${family}, 2, 0) or die $!`;
  t.match(run("perl", "-e", socket(2)), { status: 0 }, "AF_INET");
  t.match(run("perl", "-e", socket(15)), { stderr: /Operation not permitted/ }, "AF_KEY");
  t.match(run("unshare", "--uts", "hostname", "x"), { status: 1 }, "ProtectHostname");
  t.equal(run("date", "--set", "2030-01-01").status, 1, "no clock is set");
  const bounding = run("sh", "-c", "grep CapBnd /proc/self/status").stdout;
  const held = BigInt(`0x${/(\w+)\s*$/.exec(bounding)![1]}`);
  t.equal((held >> 16n) & 1n, 0n, "no CAP_SYS_MODULE");
  t.equal((held >> 21n) & 1n, (BigInt(ownBounding()) >> 21n) & 1n, "CAP_SYS_ADMIN as before");
});

function ownBounding(): string {
  return `0x${/CapBnd:\s+(\w+)/.exec(execFileSync("cat", ["/proc/self/status"], { encoding: "utf8" }))![1]}`;
}
