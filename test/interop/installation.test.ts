/** The peers' packages are unpacked: nothing of theirs runs or starts on the machine itself. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { execute, executeOk } from "../netns/execute.js";
import { PEERS_FOLDER } from "./speakers/programs.js";

type Step = (what: string, program: string, parameters: readonly string[], cwd: string) => void;
type Unpack = (folder: string, step: Step) => void;
// A computed name: the set-up scripts are plain JavaScript without declarations.
const { unpack } = (await import(new URL("../../scripts/peers.mjs", import.meta.url).href)) as {
  unpack: Unpack;
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

const PEERS = {
  "usr/sbin/keepalived": ["keepalived", "keepalived.service"],
  "usr/lib/frr/vrrpd": ["frr", "frr.service"],
  "usr/bin/tshark": ["tshark", null],
} as const;

for (const [path, [name, service]] of Object.entries(PEERS)) {
  t.test(`${name} is either unpacked or was installed by somebody else, never by the set-up`, async (t) => {
    const isUnpacked = existsSync(join(PEERS_FOLDER, path));
    t.ok(isUnpacked || existsSync(join("/", path)), "it is there");
    if (!isUnpacked) return;
    const { stdout } = await execute(["dpkg-query", "--status", name]);
    t.notMatch(stdout, "Status: install ok installed", "dpkg has not installed it");
    if (service) t.notOk(existsSync(join("/lib/systemd/system", service)), "it is no service of the machine");
  });
}
