/** On what machine it ran. */
import { spawnSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { findProgram } from "../../test/lab/daemons/programs.js";
import type { Hardware } from "../figures/results.js";

export function describeHardware(): Hardware {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGigabytes: Math.round(totalmem() / 1e9),
    kernel: release(),
    node: process.versions.node,
    peers: [
      said("usr/sbin/keepalived", /(Keepalived) v(\S+)/),
      said("usr/lib/frr/vrrpd", /vrrpd version (\S+)/, "FRR"),
    ],
    loadBefore: loadavg()[0]!,
  };
}

function said(path: string, pattern: RegExp, name?: string): string {
  const program = findProgram(path);
  const { stdout, stderr } = spawnSync(program.path, ["--version"], { env: program.env, encoding: "utf8" });
  const words = pattern.exec(`${stdout}${stderr}`)?.slice(1) ?? ["?"];
  return name === undefined ? words.join(" ") : `${name} ${words.join(" ")}`;
}
