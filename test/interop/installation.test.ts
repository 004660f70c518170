/** The peers' packages are unpacked: nothing of theirs runs or starts on the machine itself. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { PEERS_FOLDER } from "../lab/daemons/programs.js";
import { execute, executeOk } from "../netns/execute.js";

type Step = (what: string, program: string, parameters: readonly string[], cwd: string) => void;
type Unpack = (folder: string, step: Step) => void;
type UnpackPeers = (programs: Readonly<Record<string, string>>, folder: string, step: Step) => void;
// A computed name: the set-up scripts are plain JavaScript without declarations.
const { unpack, unpackPeers } = (await import(new URL("../../scripts/peers.mjs", import.meta.url).href)) as {
  unpack: Unpack;
  unpackPeers: UnpackPeers;
};

/** What a package with a daemon brings, whose scripts leave a mark when they run. */
const UNIT = "lib/systemd/system/vrrpd-test-peer.service";

function makePackage(folder: string, mark: string): readonly string[] {
  const root = join(folder, "root");
  mkdirSync(join(root, "DEBIAN"), { recursive: true });
  mkdirSync(join(root, "lib/systemd/system"), { recursive: true });
  const fields = [
    "Package: vrrpd-test-peer",
    "Version: 1",
    "Architecture: all",
    "Maintainer: a <a@b.example>",
  ];
  writeFileSync(join(root, "DEBIAN/control"), `${fields.join("\n")}\nDescription: a daemon\n`);
  for (const script of ["preinst", "postinst"]) {
    writeFileSync(join(root, "DEBIAN", script), `#!/bin/sh\necho ${script} >> ${mark}\n`, { mode: 0o755 });
  }
  writeFileSync(join(root, UNIT), "[Service]\nExecStart=/bin/true\n");
  const packed = join(folder, "peers");
  mkdirSync(packed);
  return ["dpkg-deb", "--build", "--root-owner-group", root, join(packed, "peer.deb")];
}

t.test("unpacking a package runs none of its scripts, and makes nothing known to the machine", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-interop-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const mark = join(folder, "mark");
  await executeOk(makePackage(folder, mark));
  unpack(join(folder, "peers"), (_what, program, parameters, cwd) =>
    execFileSync(program, parameters, { cwd }),
  );
  t.ok(existsSync(join(folder, "peers", UNIT)), "its files are there");
  t.notOk(existsSync(join(folder, "peers/peer.deb")), "the package is not");
  t.notOk(existsSync(mark), "no script of it has run");
  t.notOk(existsSync(join("/", UNIT)), "its service is not the machine's");
  t.not((await execute(["dpkg-query", "--status", "vrrpd-test-peer"])).code, 0, "dpkg does not know it");
});

t.test("the set-up downloads what is missing, and installs none of it", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-interop-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const mark = join(folder, "mark");
  await executeOk(makePackage(folder, mark));
  const commands: string[] = [];
  const step: Step = (_what, program, parameters, cwd) => {
    commands.push([program, ...parameters].join(" "));
    if (parameters[0] === "download") copyFileSync(join(folder, "peers/peer.deb"), join(cwd, "peer.deb"));
    else if (program !== "apt-get") execFileSync(program, parameters, { cwd });
  };
  const unpacked = join(folder, "cache/peers");
  unpackPeers({ [UNIT]: "vrrpd-test-peer" }, unpacked, step);
  t.ok(existsSync(join(unpacked, UNIT)), "it is there");
  t.ok(commands.some((command) => command.startsWith("apt-get download")));
  for (const command of commands)
    t.notMatch(command, /apt-get .*install|dpkg .*(-i|--install|--configure)\b/);
  t.notOk(existsSync(mark), "no script of it has run");
  commands.length = 0;
  unpackPeers({ [UNIT]: "vrrpd-test-peer" }, unpacked, step);
  t.strictSame(commands, [], "what is there is left as it is");
  unpackPeers({ "bin/sh": "dash" }, join(folder, "none"), step);
  t.strictSame(commands, [], "and so is what somebody has installed");
});

t.test("every peer is there, unpacked by the set-up or installed by somebody else", async (t) => {
  for (const path of ["usr/sbin/keepalived", "usr/lib/frr/vrrpd", "usr/bin/tshark"]) {
    t.ok(existsSync(join(PEERS_FOLDER, path)) || existsSync(join("/", path)), path);
  }
});
