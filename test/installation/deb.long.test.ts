/** The Debian packages: built, installed into a Debian that has nothing else, run, and purged. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { makeDebian } from "../image/base.js";
import { CACHE, waysOut, whyNotHere } from "../image/storage.js";
import { withStorage } from "../image/suite.js";
import { ROOT } from "../lab/daemons/vrrpd.js";
import { executeOk } from "../netns/execute.js";
import { folderOf } from "./package.js";

const PATIENCE = { timeoutMs: 900_000 };
/** $1 an archive of Debian, $2 an empty folder, $3 the packages. Prints what the commands say, then what a purge leaves. */
const TRIAL = `
tar xf "$1" -C "$2"
cp "$3"/*.deb "$2/tmp/"
mount -t proc proc "$2/proc"
list() { find "$2" -xdev ! -path "$2/proc/*" ! -path "$2/tmp/*" ! -path "$2/var/lib/dpkg/*" ! -path "$2/var/log/*" | sort; }
list "$@" > "$3/before"
exec 3>&1 > "$3/said" 2>&1
root=$2
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive sh -ec "$1"; }
inside 'dpkg --install /tmp/*.deb'
inside 'vrrpd --version; keepalived --version' >&3 2>&3
inside 'OPENSHIFT_HA_VIRTUAL_IPS=192.0.2.101 OPENSHIFT_HA_NETWORK_INTERFACE=lo vrrpd check --config env' >&3
inside 'test -e /lib/systemd/system/vrrpd.service && test -e /lib/systemd/system/keepalived.service'
inside 'mkdir -p /var/lib/vrrpd && dpkg --purge vrrpd-keepalived vrrpd'
list "$@" > "$3/after"
echo "left:" >&3
comm -13 "$3/before" "$3/after" >&3
`;

t.test("the Debian packages", { skip: whyNotHere() ?? false }, async (t) => {
  const [debs, root] = [await folderOf(t), await folderOf(t)];
  const build = [process.execPath, "scripts/deb.mjs", debs];
  await executeOk([...waysOut(), `--chdir=${ROOT}`, ...build], PATIENCE);
  t.strictSame(
    readdirSync(debs)
      .map((name) => name.split("_")[0])
      .sort(),
    ["vrrpd", "vrrpd-keepalived"],
  );
  for (const name of readdirSync(debs)) {
    const shown = await executeOk(["dpkg-deb", "--field", join(debs, name)]);
    if (name.startsWith("vrrpd-keepalived"))
      for (const field of ["Conflicts", "Replaces", "Provides"]) t.match(shown, `${field}: keepalived\n`);
    else t.notMatch(shown, /^(Conflicts|Provides)/m, "it stands beside keepalived");
  }
  await withStorage(t, async () => {
    await makeDebian();
  });
  const trial = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"];
  const said = await executeOk(
    [...trial, "bash", "-ec", TRIAL, "trial", join(CACHE, "debian.tar"), root, debs],
    PATIENCE,
  );
  t.match(said, /^\d+\.\d+\.\d+\n[\s\S]*Keepalived v2\.2\.7/, "both commands, by the Node of the package");
  t.match(said, /192\.0\.2\.101\/32/, "an environment is understood");
  t.match(said, /left:\n$/, "a purge leaves nothing");
});
