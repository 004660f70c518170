/** The switch: a namespace of its own with a bridge, one port a host, and the rules that lose frames on the way. */
import { BRIDGE } from "./description.js";
import { executeOk } from "./execute.js";
import { Namespace } from "./namespace.js";

/** As the host sees it: `in` is what it receives, `out` what it sends. */
export type Direction = "in" | "out" | "both";

/** Percentages that are lost on the way from and to one host. */
interface Loss {
  in: number;
  out: number;
}

/** Snooping off: multicast goes to every port, also without a querier. No spanning tree: ports forward at once. */
const BRIDGE_SCRIPT = `
echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || true
echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null || true
exec ip -batch - <<END
link add ${BRIDGE} type bridge stp_state 0 forward_delay 0 mcast_snooping 0
link set ${BRIDGE} up
END
`;

export class Switch {
  private readonly losses = new Map<string, Loss>();
  private pending: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly namespace: Namespace,
    private readonly isolated: boolean,
  ) {}

  /** @param isolated no port forwards to another one; all of it reaches the bridge itself */
  static async open(isolated: boolean): Promise<Switch> {
    const namespace = await Namespace.open("switch", {
      privateDirectories: [],
      duplicateAddressDetection: false,
    });
    await executeOk(namespace.enter(["sh", "-ec", BRIDGE_SCRIPT]), { shown: "making the bridge" });
    return new Switch(namespace, isolated);
  }

  /** A cable: one end a port, as a rule named after the host, the other `interfaceName` inside it. */
  async plug(host: Namespace, interfaceName: string, mac: string, port = host.name): Promise<void> {
    await this.ip(
      `link add name ${port} type veth peer name ${interfaceName} address ${mac} netns ${host.holderPid}`,
      `link set dev ${port} master ${BRIDGE} up`,
      ...(this.isolated ? [`link set dev ${port} type bridge_slave isolated on`] : []),
    );
  }

  /** Pulls the cable out and throws it away: the interface inside the host is gone. */
  async unplug(host: string): Promise<void> {
    await this.ip(`link del dev ${host}`);
  }

  /** Port down: the host's interface loses its carrier. */
  async setCarrier(host: string, up: boolean): Promise<void> {
    await this.ip(`link set dev ${host} ${up ? "up" : "down"}`);
  }

  /** The carrier stays. 0 loses nothing, 100 all. Unnamed directions keep what they had. */
  async setLoss(host: string, percent: number, direction: Direction): Promise<void> {
    const loss = this.losses.get(host) ?? { in: 0, out: 0 };
    if (direction !== "out") loss.in = percent;
    if (direction !== "in") loss.out = percent;
    this.losses.set(host, loss);
    await this.inTurn(() => this.nft(renderRules(this.losses)));
  }

  private async ip(...lines: readonly string[]): Promise<void> {
    const shown = `"ip ${lines.join("; ")}" on the switch`;
    await executeOk(this.namespace.enter(["ip", "-batch", "-"]), { input: lines.join("\n"), shown });
  }

  private async nft(ruleset: string): Promise<void> {
    await executeOk(this.namespace.enter(["nft", "-f", "-"]), {
      input: ruleset,
      shown: "setting the rules of the switch",
    });
  }

  /** Two rule sets in flight could arrive in the wrong order. */
  private inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.pending.then(task);
    this.pending = done.catch(() => {});
    return done;
  }
}

/** One whole rule set, so that each change is one transaction. What a host sends is lost before a capture sees it. */
export function renderRules(losses: ReadonlyMap<string, Readonly<Loss>>): string {
  const rules = (key: "iifname" | "oifname", direction: "in" | "out") =>
    [...losses]
      .filter(([, loss]) => loss[direction] > 0)
      .map(([host, loss]) => `    ${key} "${host}" ${chance(loss[direction])}counter drop\n`)
      .join("");
  return `table bridge harness
delete table bridge harness
table bridge harness {
  chain from_hosts {
    type filter hook prerouting priority -300;
${rules("iifname", "out")}  }
  chain to_hosts {
    type filter hook forward priority -300;
${rules("oifname", "in")}  }
}
`;
}

/** In thousandths, so that 0.5 % is possible. */
function chance(percent: number): string {
  return percent >= 100 ? "" : `numgen random mod 1000 < ${Math.round(percent * 10)} `;
}
