/** A reload adds a member to a sync group that runs, or begins one anew: the others go on while it only waits. */
import t from "tap";
import type { CoreConfig } from "../../src/core/config.js";
import { routerId } from "../../src/core/identity.js";
import type { LinkState } from "../../src/core/input.js";
import {
  checkConfig,
  coreConfig,
  faultTracks,
  notifyCommand,
  type RouterOverrides,
} from "./configurations.js";
import { Scenario } from "./scenario.js";
import { ip, LINK, OUR_SOURCE } from "./values.js";

const A = routerId("eth0", "ipv4", 1);
const B = routerId("eth1", "ipv4", 2);
const TRACKS = faultTracks("probe");

type Kind = "BACKUP" | "MASTER";

function configOf(a: RouterOverrides | null, b: RouterOverrides | null): CoreConfig {
  const notify = [notifyCommand()];
  const of = (index: number, others: RouterOverrides): RouterOverrides => ({
    name: `r${index}`,
    interface: `eth${index}`,
    virtualRouterId: index + 1,
    virtualAddresses: [`192.0.2.1${index}`],
    notify,
    ...others,
  });
  const routers = [...(a === null ? [] : [of(0, a)]), ...(b === null ? [] : [of(1, { priority: 90, ...b })])];
  const config = coreConfig(routers, { checks: [checkConfig()] });
  return { ...config, groups: [{ name: "G", members: config.routers.map(({ id }) => id), notify }] };
}

/** Runs `r0`, or both, as master or as backup of another node's masters, and then adopts another configuration. */
class Reloaded extends Scenario {
  readonly #kind: Kind;

  constructor(kind: Kind, config = configOf({}, null)) {
    super(config);
    this.#kind = kind;
    for (const index of config.routers.keys()) this.begin(index);
    this.pass(5);
    if (this.states !== Array(config.routers.length).fill(kind).join(" ")) throw new Error(this.states);
    this.take();
  }

  /** In the daemon's own order. */
  begin(index: number, link: Partial<LinkState> = {}): void {
    this.tellLink(index, link);
    this.send({ type: "addresses", interface: `eth${index}`, addresses: [] });
    this.tellSource(index);
  }

  tellLink(index: number, link: Partial<LinkState> = {}): void {
    this.send({
      type: "link",
      interface: `eth${index}`,
      link: { ...LINK, index: index + 2, ...link },
    });
  }

  tellSource(index: number): void {
    const source = ip(OUR_SOURCE);
    this.send({ type: "source", interface: `eth${index}`, family: "ipv4", source, detail: null });
  }

  adopt(a: RouterOverrides | null, b: RouterOverrides | null): void {
    this.send({ type: "configure", config: configOf(a, b) });
  }

  /** The other node's masters go on speaking, where it has them. */
  pass(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      if (this.#kind === "BACKUP") this.hear();
      this.advance(1);
    }
  }

  hear(): void {
    for (const { id } of this.core.status().routers) {
      const virtualRouterId = id === A ? 1 : 2;
      const addresses = [`192.0.2.1${virtualRouterId - 1}`];
      this.advert({ from: "192.0.2.3", router: id, priority: 150, virtualRouterId, addresses });
    }
  }

  get states(): string {
    const { routers } = this.core.status();
    return routers.map(({ state }) => state).join(" ");
  }

  get groupState(): string {
    return this.core.status().groups[0]!.state;
  }

  /** States that scripts are told, each with the priority of the one that it is of; those of the group with its name. */
  told(): string[] {
    return this.take("notify").map((line) => line.replace(/^\S+ notify (\[\S+\] )?/, ""));
  }
}

for (const kind of ["BACKUP", "MASTER"] as const) {
  t.test(`a member is added to a group that is ${kind}`, async (t) => {
    const reload = new Reloaded(kind);
    reload.lockHolder = undefined;
    reload.adopt({}, {});
    t.match([reload.states, reload.groupState], [`${kind} INIT`, kind], "its interface is not known");
    reload.tellLink(1);
    t.match([reload.states, reload.status(1).code], [`${kind} INIT`, "lock-pending"]);
    reload.send({ type: "lock", router: B, holder: null });
    t.match([reload.states, reload.groupState], [`${kind} INIT`, kind], "its source is not told");
    t.same(reload.told(), []);
    reload.tellSource(1);
    t.match([reload.states, reload.groupState], [`${kind} BACKUP`, kind]);
    reload.pass(5);
    t.equal(reload.states, `${kind} ${kind}`);
    const master = kind === "MASTER" ? ["MASTER 90"] : [];
    t.same(reload.told(), ["BACKUP 90", ...master]);
  });

  t.test(`a member is begun anew in a group that is ${kind}, with and without a check`, async (t) => {
    for (const b of [{}, { tracks: TRACKS }]) {
      const reload = new Reloaded(kind, configOf({}, {}));
      reload.adopt({}, null);
      reload.take();
      reload.adopt({}, b);
      reload.tellSource(1);
      t.match([reload.states, reload.groupState], [`${kind} ${"tracks" in b ? "INIT" : "BACKUP"}`, kind]);
      reload.check("pass");
      reload.pass(5);
      t.match([reload.states, reload.groupState], [`${kind} ${kind}`, kind]);
      const master = kind === "MASTER" ? ["MASTER 90"] : [];
      t.same(reload.told(), ["BACKUP 90", ...master]);
    }
  });

  t.test(`a script that the group tracks anew, with a member added to a group that is ${kind}`, async (t) => {
    const reload = new Reloaded(kind);
    reload.adopt({ tracks: TRACKS }, { tracks: TRACKS });
    reload.begin(1);
    reload.pass(5);
    t.match([reload.states, reload.groupState], [`${kind} INIT`, kind]);
    t.same(reload.told(), []);
    reload.check("fail");
    t.match([reload.states, reload.groupState], ["FAULT FAULT", "FAULT"], "found to be in the way of all");
  });

  t.test(`what is known to be in the way of one that is added counts: the group was ${kind}`, async (t) => {
    const down = new Reloaded(kind);
    down.adopt({}, {});
    down.begin(1, { carrier: false });
    t.match([down.states, down.groupState], ["FAULT FAULT", "FAULT"]);
    const held = new Reloaded(kind);
    held.lockHolder = "process 7";
    held.adopt({}, {});
    held.begin(1);
    t.match([held.status(0).state, held.status(1).code], ["FAULT", "lock-held"]);
    const failed = new Reloaded(kind);
    failed.adopt({}, { tracks: TRACKS });
    failed.begin(1);
    failed.check("fail");
    t.equal(failed.states, "FAULT FAULT");
    failed.check("pass");
    t.equal(failed.states, "BACKUP BACKUP");
  });
}

t.test("the master of the other node dies while a new member waits for its first result", async (t) => {
  const reload = new Reloaded("BACKUP");
  reload.adopt({}, { tracks: TRACKS });
  reload.begin(1);
  reload.advance(4);
  t.match([reload.states, reload.groupState], ["MASTER INIT", "MASTER"]);
  t.same(reload.core.status().groups[0]!.awaited, []);
  t.same(reload.told(), ["MASTER 100", "G MASTER"]);
  reload.check("pass");
  t.equal(reload.states, "MASTER BACKUP");
  reload.advance(4);
  t.equal(reload.states, "MASTER MASTER");
});

t.test("it dies while a new member listens: they take over together", async (t) => {
  const reload = new Reloaded("BACKUP");
  reload.adopt({}, {});
  reload.begin(1);
  reload.advance(4);
  t.match([reload.states, reload.groupState], ["MASTER MASTER", "MASTER"]);
});

t.test("the others come back from a fault of their own without one that still waits", async (t) => {
  const reload = new Reloaded("MASTER");
  reload.adopt({}, { tracks: TRACKS });
  reload.begin(1);
  reload.tellLink(0, { carrier: false });
  t.equal(reload.states, "FAULT INIT");
  reload.tellLink(0);
  t.match([reload.states, reload.groupState], ["BACKUP INIT", "BACKUP"]);
});

t.test("one that has become master with them is one of them", async (t) => {
  const reload = new Reloaded("MASTER");
  reload.adopt({}, { advertIntervalMicros: 100_000 });
  reload.begin(1);
  reload.pass(5);
  t.equal(reload.states, "MASTER MASTER");
  // Somebody lower has taken over while it stood still.
  reload.stall(0.6);
  reload.deadline();
  reload.advert({
    from: "192.0.2.3",
    router: B,
    priority: 50,
    virtualRouterId: 2,
    addresses: ["192.0.2.11"],
  });
  t.equal(reload.states, "BACKUP BACKUP");
});
