import t from "tap";
import { createLan, HarnessError } from "./index.js";

t.test("hosts reach each other over both families, and nothing else", async (t) => {
  const lan = await createLan({
    hosts: {
      a: { addresses: ["192.0.2.1/24", "2001:db8::1/64"] },
      b: { addresses: ["192.0.2.2/24", "2001:db8::2/64"] },
    },
  });
  t.teardown(() => lan.destroy());
  t.ok(await lan.host("a").reaches("192.0.2.2"), "IPv4");
  t.ok(await lan.host("b").reaches("2001:db8::1"), "IPv6, without waiting for duplicate address detection");
  t.notOk(await lan.host("a").reaches("192.0.2.3", { timeoutMs: 300 }), "nobody has this address");
  t.notOk(await lan.host("a").reaches("198.51.100.1", { timeoutMs: 300 }), "there is no way out");
});

t.test("addresses and neighbors are those of the kernel", async (t) => {
  const lan = await createLan({
    interface: "ens3",
    hosts: {
      a: { addresses: ["192.0.2.1/24"] },
      b: { addresses: ["192.0.2.2/24"], mac: "02:00:00:00:ab:cd" },
    },
  });
  t.teardown(() => lan.destroy());
  const a = lan.host("a");
  await a.ok([
    "ip",
    "address",
    "add",
    "203.0.113.9/32",
    "dev",
    "ens3",
    "valid_lft",
    "900",
    "preferred_lft",
    "900",
  ]);
  const addresses = (await a.addresses()).filter((entry) => entry.interface === "ens3");
  t.match(addresses, [
    { family: "ipv4", address: "192.0.2.1", prefixLength: 24, scope: "global", validSeconds: null },
    { family: "ipv4", address: "203.0.113.9", prefixLength: 32, tentative: false },
    { family: "ipv6", address: "fe80::ff:fe00:1", prefixLength: 64, scope: "link", tentative: false },
  ]);
  t.ok(
    addresses[1]!.validSeconds! <= 900 && addresses[1]!.validSeconds! > 0,
    "a lease is counted in seconds",
  );
  t.ok(await a.hasAddress("203.0.113.9"));
  t.notOk(await a.hasAddress("203.0.113.8"));
  t.ok(await a.reaches("192.0.2.2"));
  const neighbor = (await a.neighbors()).find((entry) => entry.address === "192.0.2.2");
  t.match(neighbor, { interface: "ens3", mac: "02:00:00:00:ab:cd", states: ["REACHABLE"] });
});

t.test("each host has its own /run/vrrpd, /etc/keepalive, /run and host name", async (t) => {
  const lan = await createLan({ hosts: { a: {}, b: {} } });
  t.teardown(() => lan.destroy());
  await lan.host("a").writeFile("/etc/keepalive/check.sh", "#!/bin/sh\necho healthy\n", 0o755);
  await lan.host("a").writeFile("/run/vrrpd/state", "here");
  t.equal(await lan.host("a").ok(["/etc/keepalive/check.sh"]), "healthy\n", "written, and executable");
  t.equal((await lan.host("b").ok(["ls", "/etc/keepalive", "/run/vrrpd"])).includes("check.sh"), false);
  t.equal(await lan.host("a").ok(["cat", "/run/vrrpd/state"]), "here");
  t.equal((await lan.host("b").run(["cat", "/run/vrrpd/state"])).code, 1);
  t.equal(await lan.host("a").ok(["hostname"]), "a\n");
  const here = await import("node:fs").then((fs) => fs.existsSync("/run/vrrpd/state"));
  t.notOk(here, "and the machine sees none of it");
  t.match(await lan.host("a").ok(["cat", "/etc/passwd"]), /^root:/, "the rest of /etc is the machine's");
  await t.rejects(
    lan.host("a").writeFile("/etc/passwd", "x"),
    { code: "EDESCRIPTION" },
    "and is not written to",
  );
});

t.test("a failing command says what it said", async (t) => {
  const lan = await createLan({ hosts: { a: {} } });
  t.teardown(() => lan.destroy());
  const failure = lan.host("a").ok(["sh", "-c", "echo not like this >&2; exit 3"]);
  await t.rejects(failure, { code: "ECOMMAND", message: /on a failed \(exit code 3\): not like this/ });
  t.match(await lan.host("a").run(["sh", "-c", "echo out; exit 3"]), { code: 3, stdout: "out\n" });
  t.throws(() => lan.host("z"), { code: "EDESCRIPTION", message: 'there is no host "z", only a' });
});

t.test("two LANs at once share no name, no address and no wire", async (t) => {
  const description = { hosts: { a: { addresses: ["192.0.2.1/24"] }, b: { addresses: ["192.0.2.2/24"] } } };
  const [one, two] = await Promise.all([createLan(description), createLan(description)]);
  t.teardown(() => Promise.all([one.destroy(), two.destroy()]));
  await one.host("b").ok(["ip", "address", "add", "192.0.2.3/32", "dev", "eth0"]);
  t.ok(await one.host("a").reaches("192.0.2.3"));
  t.ok(await two.host("a").reaches("192.0.2.2"));
  t.notOk(await two.host("a").reaches("192.0.2.3", { timeoutMs: 300 }));
});

t.test("a host comes later, and its interface later still", async (t) => {
  const lan = await createLan({ hosts: { a: { addresses: ["192.0.2.1/24"] } } });
  t.teardown(() => lan.destroy());
  const sysctls = { "net.ipv4.ip_forward": "1" };
  const late = await lan.add("late", { addresses: ["192.0.2.9/24"], attached: false, sysctls });
  t.equal((await late.run(["ip", "link", "show", "eth0"])).code, 1, "no interface at first");
  await late.attach();
  t.ok(await late.reaches("192.0.2.1"));
  t.equal(await late.ok(["cat", "/proc/sys/net/ipv4/ip_forward"]), "1\n");
  await late.detach();
  t.equal((await late.run(["ip", "link", "show", "eth0"])).code, 1, "gone again");
});

t.test("what cannot be meant is refused before anything is made", async (t) => {
  const refused = { name: "HarnessError", code: "EDESCRIPTION" };
  await t.rejects(createLan({ hosts: { "Not a name": {} } }), refused);
  await t.rejects(createLan({ hosts: { br0: {} } }), refused);
  await t.rejects(
    createLan({ hosts: { a: { addresses: ["192.0.2.1"] } } }),
    refused,
    "an address has its prefix length",
  );
  await t.rejects(createLan({ hosts: {}, interface: "a/b" }), refused);
  await t.rejects(createLan({ hosts: {}, privateDirectories: ["etc/keepalive"] }), refused);
  await t.rejects(
    createLan({ hosts: { a: { addresses: ["192.0.2.999/24"] } } }),
    HarnessError,
    "the kernel's no",
  );
  const lan = await createLan({ hosts: { a: {} } });
  await t.rejects(lan.add("a"), refused, "a name is given once");
  await lan.destroy();
  await lan.destroy();
  await t.rejects(lan.add("b"), { code: "EDESTROYED" });
});
