/** What is in the image, and what is not. */
import { existsSync, lstatSync, readdirSync } from "node:fs";
import type { Test } from "tap";
import { createLan } from "../netns/index.js";
import { projectVersion } from "./base.js";
import { Container } from "./container.js";
import type { Image } from "./image.js";
import { SPECIFIED, SPECIFIED_ENVIRONMENT } from "./site.js";

const ORIGINAL = "/var/lib/ipfailover/keepalived";
/** The contract's list, what vrrpd itself calls, and what the scripts of the image call. */
const PROGRAMS =
  "bash curl ncat nc ip ifconfig ps pgrep killall ipset nft iptables ip6tables tini node vrrpd";
const COMPILERS = "cc c++ gcc g++ make python3 tsc node-gyp tap";
/** More than vrrpd, its packages and the programs need. */
const MOST_MEGABYTES_ADDED = 150;

export async function testContents(t: Test, image: Image): Promise<void> {
  await t.test("paths, programs, versions", async (t) => {
    const lan = await createLan({ hosts: { a: {} } });
    t.teardown(() => lan.destroy());
    const run = async (...command: string[]) => {
      const container = new Container(lan.host("a"), image, { env: {}, command });
      await container.ended();
      return container.process.output.trim();
    };
    const find = `for name in $0; do command -v $name > /dev/null || echo $name; done`;
    t.equal(await run("bash", "-c", find, PROGRAMS), "", "nothing that scripts rely on is missing");
    t.strictSame((await run("bash", "-c", find, COMPILERS)).split("\n"), COMPILERS.split(" "), "no tools");
    t.match(await run("nc", "--version"), /Ncat/);
    t.match(await run("node", "--version"), new RegExp(`^v${image.nodeMajor}\\.`));
    t.equal(await run("vrrpd", "--version"), projectVersion());
    t.match(await run(...image.config.Entrypoint, "--help"), /^vrrpd keeps virtual IP addresses alive/);
  });

  t.test("what is not needed to run is not there", (t) => {
    const below = (folder: string) => readdirSync(`${image.root}${folder}`).sort();
    t.strictSame(below("/usr/lib/vrrpd"), ["dist", "keepalived", "native", "node_modules", "package.json"]);
    t.strictSame(below("/usr/lib/vrrpd/dist"), ["src"], "no test");
    t.strictSame(below("/var/lib/apt/lists"), []);
    for (const left of ["/root/.npm", "/root/.cache", "/build"])
      t.notOk(existsSync(`${image.root}${left}`), left);
    for (const name of ["tap", "typescript", "@biomejs", "@types", "nan"])
      t.notOk(existsSync(`${image.root}/usr/lib/vrrpd/node_modules/${name}`), name);
    const added = (image.sizeBytes - image.baseSizeBytes) / 1e6;
    t.ok(added < MOST_MEGABYTES_ADDED, `${added} MB more than the base`);
    t.comment(`${image.sizeBytes / 1e6} MB, the base ${image.baseSizeBytes / 1e6} MB`);
    t.end();
  });

  t.test("the original's paths, the signal, the labels", (t) => {
    const { Entrypoint, StopSignal, Labels, User } = image.config;
    t.strictSame(Entrypoint, [`${ORIGINAL}/monitor.sh`]);
    t.equal(lstatSync(`${image.root}${ORIGINAL}/remove-failover.sh`).mode & 0o777, 0o755);
    t.equal(StopSignal, "SIGTERM");
    t.equal(User ?? "", "");
    t.match(Labels, {
      "org.opencontainers.image.title": "vrrpd",
      "org.opencontainers.image.version": projectVersion(),
      "org.opencontainers.image.licenses": "MIT",
    });
    const mounts = SPECIFIED.volumeMounts!.map(({ mountPath }) => mountPath);
    t.ok(mounts.includes("/etc/keepalive"));
    t.ok(SPECIFIED_ENVIRONMENT.OPENSHIFT_HA_CHECK_SCRIPT!.startsWith("/etc/keepalive/"));
    for (const path of ["/etc/keepalive", "/run/vrrpd"]) t.ok(existsSync(`${image.root}${path}`), path);
    t.end();
  });
}
