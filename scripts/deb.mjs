/**
 * `npm run deb -- FOLDER [--node PATH]`: two Debian packages of what `npm pack` packs, for this machine's architecture, with a
 * Node of their own (this one, or the one that is named). `vrrpd` stands beside Debian's keepalived; `vrrpd-keepalived` takes
 * its place: the command and the unit.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { ROOT } from "./setup.mjs";

const MAINTAINER = "vrrpd maintainers <maintainers@vrrpd.example>";
const LIBRARY = "usr/lib/vrrpd";
/** Only compilers, npm and readers of the sources need these. */
const LEFT_OUT = [
  "vendor",
  "native/install.cjs",
  "native/headers.cjs",
  "native/binding.gyp",
  "dist/netns",
  "dist/src",
  "dist/test",
];
const OTHERS_LICENCES = `/usr/lib/vrrpd/dist/bin has parts of other packages; /usr/lib/vrrpd/dist/NOTICES.txt names them and their licences.
Of those under the Apache License 2.0 the text is /usr/share/common-licenses/Apache-2.0.
/usr/lib/vrrpd/bin/node is Node.js, under the MIT licence and those of what it is made of.
`;
/** What lintian would say, and why it stays. */
const OVERRIDES = {
  vrrpd: [
    "embedded-library",
    "unstripped-binary-or-object",
    "hardening-no-pie",
    "hardening-no-relro",
    "hardening-no-bindnow",
  ].map((tag) => [tag, "Node's own binary, as Node's project builds it"]),
  "vrrpd-keepalived": [],
};
/** What runs would go on without its files. An upgrade leaves it running. */
const prerm = (unit) =>
  `#!/bin/sh\nset -e\nif [ "$1" = remove ]; then\n    [ -d /run/systemd/system ] && systemctl stop ${unit}.service || true\nfi\n`;
const SCRIPTS = {
  vrrpd: {
    prerm: prerm("vrrpd"),
    // What "vrrpd yield --persist" keeps goes with a purge; a unit with DynamicUser= has it in "private".
    postrm:
      '#!/bin/sh\nset -e\nif [ "$1" = purge ]; then\n    rm -rf /var/lib/private/vrrpd /var/lib/vrrpd\nfi\n',
  },
  "vrrpd-keepalived": { prerm: prerm("keepalived") },
};

const { values, positionals } = parseArgs({ options: { node: { type: "string" } }, allowPositionals: true });
const to = resolve(positionals[0] ?? ".");
const { version, description } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const architecture = run("dpkg", ["--print-architecture"]).trim();
const folder = mkdtempSync(join(tmpdir(), "vrrpd-deb-"));
try {
  mkdirSync(to, { recursive: true });
  console.log(buildProduct(join(folder, "vrrpd"), values.node ?? process.execPath));
  console.log(buildReplacement(join(folder, "vrrpd-keepalived")));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function buildProduct(root, node) {
  const library = join(root, LIBRARY);
  run("npm", ["pack", "--loglevel=error", "--pack-destination", folder], { cwd: ROOT });
  const packed = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  mkdirSync(library, { recursive: true });
  run("tar", ["xzf", join(folder, packed), "-C", library, "--strip-components=1"]);
  for (const path of LEFT_OUT) rmSync(join(library, path), { recursive: true, force: true });
  for (const name of readdirSync(join(library, "native")))
    if (/\.(cc|h)$/.test(name)) rmSync(join(library, "native", name));
  for (const other of readdirSync(join(library, "native/prebuilds")))
    if (other !== `linux-${process.arch}`)
      rmSync(join(library, "native/prebuilds", other), { recursive: true });
  mkdirSync(join(library, "bin"));
  cpSync(node, join(library, "bin/node"));
  const documents = join(root, "usr/share/doc/vrrpd");
  mkdirSync(dirname(documents), { recursive: true });
  cpSync(join(library, "docs"), documents, { recursive: true });
  rmSync(join(library, "docs"), { recursive: true });
  const completions = join(root, "usr/share/bash-completion/completions");
  mkdirSync(completions, { recursive: true });
  cpSync(join(documents, "vrrpd.bash"), join(completions, "vrrpd"));
  for (const name of ["vrrpd.bash", "vrrpd.8"]) rmSync(join(documents, name));
  for (const name of ["LICENSE", "README.md"]) rmSync(join(library, name));
  command(root, "usr/bin/vrrpd", "vrrpd.js");
  unit(root, "vrrpd", "/usr/bin/vrrpd");
  return build(root, "vrrpd", {
    Depends: "libc6 (>= 2.28), libstdc++6",
    Recommends: "nftables | iptables",
    Description: "virtual IP failover (VRRP)",
  });
}

function buildReplacement(root) {
  command(root, "usr/sbin/keepalived", "keepalived.js");
  unit(root, "keepalived", "/usr/sbin/keepalived");
  return build(root, "vrrpd-keepalived", {
    Depends: `vrrpd (= ${version})`,
    Conflicts: "keepalived",
    Replaces: "keepalived",
    Provides: "keepalived",
    Description: "vrrpd in the place of Keepalived",
  });
}

/** The package's own Node comes first on the way to programs, and is what the command starts. */
function command(root, path, program) {
  const text = `#!/bin/sh\nPATH=/${LIBRARY}/bin:$PATH exec /${LIBRARY}/dist/bin/${program} "$@"\n`;
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode: 0o755 });
}

function unit(root, name, program) {
  const text = readFileSync(join(ROOT, `docs/deploy/${name}.service`), "utf8")
    .replaceAll(`/usr/local/bin/${name}`, program)
    .replaceAll("/usr/local/bin/vrrpd", "/usr/bin/vrrpd")
    .replaceAll("/usr/local/lib/node_modules/vrrpd/docs", "/usr/share/doc/vrrpd");
  mkdirSync(join(root, "lib/systemd/system"), { recursive: true });
  writeFileSync(join(root, `lib/systemd/system/${name}.service`), text);
}

function build(root, name, fields) {
  const documents = join(root, "usr/share/doc", name);
  mkdirSync(documents, { recursive: true });
  const licence = readFileSync(join(ROOT, "LICENSE"), "utf8");
  writeFileSync(join(documents, "copyright"), `${licence}\n${OTHERS_LICENCES}`);
  manual(root, name);
  const log = `vrrpd (${version}) unstable; urgency=medium\n\n  * See /usr/share/doc/vrrpd/changelog.md.\n\n -- ${MAINTAINER}  Thu, 01 Jan 2026 00:00:00 +0000\n`;
  writeFileSync(join(documents, "changelog.gz"), gzipSync(log, { level: 9 }));
  const overrides = OVERRIDES[name].map(([tag, why]) => `# ${why}\n${name}: ${tag}\n`).join("");
  if (overrides !== "") {
    mkdirSync(join(root, "usr/share/lintian/overrides"), { recursive: true });
    writeFileSync(join(root, "usr/share/lintian/overrides", name), overrides);
  }
  const { Description: summary, ...relations } = fields;
  const control = {
    Package: name,
    Version: version,
    Architecture: architecture,
    Maintainer: MAINTAINER,
    Section: "net",
    Priority: "optional",
    "Installed-Size": run("du", ["-sk", root]).split("\t")[0],
    ...relations,
    Description: `${summary}\n${description.replaceAll(/(.{1,70})( |$)/g, " $1\n").trimEnd()}.`,
  };
  mkdirSync(join(root, "DEBIAN"));
  writeFileSync(
    join(root, "DEBIAN/control"),
    Object.entries(control)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(""),
  );
  // Services are started by whoever has configured them.
  for (const [script, text] of Object.entries(SCRIPTS[name]))
    writeFileSync(join(root, "DEBIAN", script), text, { mode: 0o755 });
  run("chmod", ["-R", "u=rwX,go=rX", root]);
  run("find", [root, "-name", "*.node", "-exec", "chmod", "644", "{}", "+"]);
  const path = join(to, `${name}_${version}_${architecture}.deb`);
  run("dpkg-deb", ["--root-owner-group", "--build", "-Zxz", "-z1", root, path]);
  return path;
}

function manual(root, name) {
  const pages = join(root, "usr/share/man/man8");
  mkdirSync(pages, { recursive: true });
  const [command, text] =
    name === "vrrpd"
      ? ["vrrpd", readFileSync(join(ROOT, "docs/vrrpd.8"), "utf8")]
      : ["keepalived", pageOfKeepalived()];
  writeFileSync(join(pages, `${command}.8.gz`), gzipSync(text, { level: 9 }));
}

/** A page that leads to the documents. */
function pageOfKeepalived() {
  return `.TH KEEPALIVED 8 "" "vrrpd ${version}"
.SH NAME
keepalived \\- virtual IP failover (VRRP)
.SH SYNOPSIS
.B keepalived
.B \\-\\-help
.SH DESCRIPTION
${description}.
The documents are in
.IR /usr/share/doc/vrrpd .
`;
}

function run(program, parameters, options = {}) {
  const { status, stdout, stderr } = spawnSync(program, parameters, {
    encoding: "utf8",
    maxBuffer: 1e8,
    ...options,
  });
  if (status !== 0) throw new Error(`${basename(program)} ${parameters.join(" ")}: ${stderr}`);
  return stdout;
}
