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
const COMPILERS = "cc c++ gcc g++ make python3 tsc node-gyp tap npm npx";
/** Of the build alone: npm's cache, Debian's package lists, packages that compile or test. */
const LEFT_BEHIND = [
  ...[".npm", ".cache"].map((name) => join("/", "root", name)),
  "/build",
  "/var/cache/apt/archives/*.deb",
  "/var/lib/apt/lists/*",
  // Of Node's official image.
  ...["/usr/local/lib/node_modules", "/usr/local/include/node", "/usr/local/share/doc"],
  `${OWN}/node_modules`,
  "/tmp/*",
];
/** More than vrrpd, its packages and the programs need. */
const MOST_MEGABYTES_ADDED = 180;
/** The product, without Node and the programs. */
const MOST_OWN_KILOBYTES = 5_000;

interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly version: string } };
  readonly components: readonly { readonly name: string }[];
}

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
    const files = [
      "LICENSE",
      "dist",
      "docs",
      "keepalived",
      "native",
      "package.json",
      "sbom.cdx.json",
      "src",
      "vendor",
    ];
    t.strictSame(await below(OWN), files);
    t.strictSame(await below(`${OWN}/dist`), ["NOTICES.txt", "bin"], "no test");
    t.equal(await run("find", `${OWN}/src`, "-type", "f"), `${OWN}/src/daemon/http/live-page.html`);
    t.strictSame(await below(`${OWN}/native`), ["build", "index.cjs"]);
    const list = 'for path in $0; do [ ! -e "$path" ] || echo "$path"; done';
    t.equal(await run("bash", "-c", list, LEFT_BEHIND.join(" ")), "");
    t.match(
      await run("bash", "-c", list, `${OWN}/vendor/raw-socket/index.js`),
      "raw-socket",
      "others are found",
    );
    const addons = (await run("find", OWN, "-name", "*.node")).split("\n").sort();
    const release = (folder: string, name: string) => `${OWN}/${folder}/build/Release/${name}.node`;
    t.strictSame(addons, [release("native", "vrrpd"), release("vendor/raw-socket", "raw")]);
    const own = Number((await run("du", "-sk", OWN)).split("\t")[0]);
    t.ok(own < MOST_OWN_KILOBYTES, `${own} kB of vrrpd`);
    t.comment(`vrrpd ${own} kB, node ${await run("du", "-sk", "/usr/local/bin/node")}`);
    const added = (image.sizeBytes - image.baseSizeBytes) / 1e6;
    t.ok(added < MOST_MEGABYTES_ADDED, `${added} MB more than the base`);
    t.comment(`${image.sizeBytes / 1e6} MB, the base ${image.baseSizeBytes / 1e6} MB`);
  });

  await t.test("the bill of materials", async (t) => {
    const bill = JSON.parse(await run("cat", `${OWN}/sbom.cdx.json`)) as Bill;
    t.equal(bill.bomFormat, "CycloneDX");
    t.equal(bill.metadata.component.version, projectVersion());
    const names = bill.components.map(({ name }) => name);
    for (const name of ["netlink", "raw-socket", "pino", "ip-address"]) t.ok(names.includes(name), name);
    t.notOk(names.includes("tap"), "nothing that only tests it");
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
