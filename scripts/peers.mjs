/**
 * Programs that the tests talk to, out of Debian's packages, without installing these: an installed daemon starts on
 * the machine at once, and at every boot. The packages, and those libraries of theirs that the machine does not have,
 * are unpacked into a folder; no script of a package is run, and nothing outside of the folder changes.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Does nothing where every program is there, installed on the machine or unpacked before.
 *
 * @param {Record<string, string>} programs path below "/" or below the folder, and the package that brings it
 * @param {string} folder
 * @param {(what: string, program: string, parameters: string[], cwd?: string) => void} step throws when the command fails
 */
export function unpackPeers(programs, folder, step) {
  const wanted = Object.keys(programs).filter((path) => !existsSync(join("/", path)));
  if (wanted.every((path) => existsSync(join(folder, path)))) return;
  const packages = [...new Set(wanted.map((path) => programs[path]))];
  mkdirSync(dirname(folder), { recursive: true });
  const made = mkdtempSync(`${folder}.`);
  try {
    const isRoot = process.getuid() === 0;
    if (isRoot) step("reading Debian's package lists", "apt-get", ["update", "-q"]);
    step(
      `downloading ${packages.join(", ")} for the tests, which are not installed`,
      "apt-get",
      ["download", "-q", ...withDependencies(packages)],
      made,
    );
    unpack(made, step);
    replace(folder, made);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Puts the files of all packages that lie in a folder beside them, and removes the packages. Runs no script of theirs. */
export function unpack(folder, step) {
  const each = 'for package in ./*.deb; do dpkg-deb --extract "$package" . && rm "$package" || exit 1; done';
  step("unpacking them", "sh", ["-c", each], folder);
}

/** The packages, and those that apt would install or renew for them on this machine. */
function withDependencies(packages) {
  const plan = spawnSync("apt-get", ["install", "--simulate", "--no-install-recommends", ...packages], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  const names = [...(plan.stdout ?? "").matchAll(/^Inst (\S+)/gm)].map((match) => match[1]);
  // What apt says about a package that it does not know, `apt-get download` says again.
  return names.length > 0 ? names : packages;
}

/** Somebody who did the same meanwhile was as good. */
function replace(folder, made) {
  const old = `${made}.old`;
  try {
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(made, folder);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(error.code)) throw error;
  }
  rmSync(old, { recursive: true, force: true });
}
