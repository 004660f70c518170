/** What is in the image, and what is not. */
import { join } from "node:path";
import type { Test } from "tap";
import { createLan } from "../netns/index.js";
import { projectVersion } from "./base.js";
import { Container } from "./container.js";
import type { Image } from "./image.js";
import { SPECIFIED, SPECIFIED_ENVIRONMENT } from "./site.js";

const ORIGINAL = "/var/lib/ipfailover/keepalived";
const OWN = "/usr/lib/vrrpd";
/** The contract's list, what vrrpd itself calls, and what the scripts of the image call. */
const PROGRAMS =
  "bash curl ncat nc ip ifconfig ps pgrep killall ipset nft iptables ip6tables tini node vrrpd keepalived";
const COMPILERS = "cc c++ gcc g++ make python3 tsc node-gyp tap";
/** Of the build alone: npm's cache, Debian's package lists, packages that compile or test. */
const LEFT_BEHIND = [
  ...[".npm", ".cache"].map((name) => join("/", "root", name)),
  "/build",
  "/var/cache/apt/archives/*.deb",
  "/var/lib/apt/lists/*",
  ...["tap", "typescript", "@biomejs", "esbuild", "@types", "nan", "node-addon-api"].map(
    (name) => `${OWN}/node_modules/${name}`,
  ),
];
/** More than vrrpd, its packages and the programs need. */
const MOST_MEGABYTES_ADDED = 60;

type Run = (...command: string[]) => Promise<string>;

export async function testContents(t: Test, image: Image): Promise<void> {
  const lan = await createLan({ hosts: { a: {} } });
  t.teardown(() => lan.destroy());
  const run: Run = async (...command) => {
    const container = new Container(lan.host("a"), image, { env: {}, command });
    await container.ended();
    return container.process.output.trim();
  };
  const below = async (folder: string) => (await run("ls", "-A1", folder)).split("\n");

  await t.test("programs and versions", async (t) => {
    const find = "for name in $0; do command -v $name > /dev/null || echo $name; done";
    t.equal(await run("bash", "-c", find, PROGRAMS), "", "nothing that scripts rely on is missing");
    t.strictSame((await run("bash", "-c", find, COMPILERS)).split("\n"), COMPILERS.split(" "), "no tools");
    t.match(await run("nc", "--version"), /Ncat/);
    t.match(await run("node", "--version"), new RegExp(`^v${image.nodeMajor}\\.`));
    t.equal(await run("vrrpd", "--version"), projectVersion());
    t.match(await run("/usr/sbin/keepalived", "--version"), /^Keepalived v2\.2\.7/);
    t.match(await run(...image.config.Entrypoint, "--help"), /^vrrpd keeps virtual IP addresses alive/);
  });

  await t.test("no test, no cache, nothing of a compiler", async (t) => {
    const own = ["LICENSE", "dist", "keepalived", "native", "node_modules", "package.json", "src"];
    t.strictSame(await below(OWN), own);
    t.strictSame(await below(`${OWN}/dist`), ["bin"], "no test");
    t.equal(await run("find", `${OWN}/src`, "-type", "f"), `${OWN}/src/daemon/http/live-page.html`);
    t.strictSame(await below(`${OWN}/native`), ["build", "index.cjs"]);
    const list = 'for path in $0; do [ ! -e "$path" ] || echo "$path"; done';
    t.equal(await run("bash", "-c", list, LEFT_BEHIND.join(" ")), "");
    t.match(
      await run("bash", "-c", list, `${OWN}/node_modules/raw-socket`),
      "raw-socket",
      "others are found",
    );
    const added = (image.sizeBytes - image.baseSizeBytes) / 1e6;
    t.ok(added < MOST_MEGABYTES_ADDED, `${added} MB more than the base`);
    t.comment(`${image.sizeBytes / 1e6} MB, the base ${image.baseSizeBytes / 1e6} MB`);
  });

  await t.test("the original's paths, the signal, the labels", async (t) => {
    const { Entrypoint, Cmd, StopSignal, Labels, User } = image.config;
    t.strictSame(Entrypoint, [`${ORIGINAL}/monitor.sh`]);
    t.strictSame(Cmd ?? [], [], "the base's command is no argument of ours");
    t.equal(await run("stat", "-c", "%a", `${ORIGINAL}/remove-failover.sh`), "755");
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
    for (const path of ["/etc/keepalive", "/run/vrrpd", "/etc/keepalived"])
      t.equal(await run("stat", "-c", "%F", path), "directory", path);
    t.equal(await run("ls", "-A", "/etc/keepalived"), "", "a file mounted there lands nowhere else");
  });
}
