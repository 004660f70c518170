/** What of keepalived.data another implementation can be held to, in the shape in which the corpus has what Keepalived wrote. */

export type Fields = Readonly<Record<string, unknown>>;

/** The part of a result that is read from dumps. */
export interface Decisive {
  readonly router_id: string | null;
  readonly instances: Readonly<Record<string, Fields>>;
  readonly sync_groups: Readonly<Record<string, Fields>>;
  readonly scripts: Readonly<Record<string, Fields>>;
}

/** An instance, a group or a script: its lines of one value, those without any, and lists by their headings. */
interface Block {
  readonly name: string;
  readonly values: Map<string, string>;
  readonly notes: string[];
  readonly lists: Map<string, string[]>;
}

const KINDS = ["VRRP Instance", "VRRP Sync Group", "VRRP Script"] as const;
type Kind = (typeof KINDS)[number];

/** @param early of a moment at which nothing was elected yet; null: there is none */
export function decisiveOf(early: string | null, late: string): Decisive {
  const before = new Map(
    early === null ? [] : blocksIn(early)["VRRP Instance"].map((one) => [one.name, one]),
  );
  const found = blocksIn(late);
  const byName = (blocks: readonly Block[], shape: (one: Block) => Fields) =>
    Object.fromEntries(blocks.map((one) => [one.name, shape(one)]));
  return {
    router_id: /^ Router ID = (.*)$/m.exec(late)?.[1] ?? null,
    instances: byName(found["VRRP Instance"], (one) => instance(one, before.get(one.name) ?? null)),
    sync_groups: byName(found["VRRP Sync Group"], group),
    scripts: byName(found["VRRP Script"], script),
  };
}

function blocksIn(text: string): Record<Kind, Block[]> {
  const found: Record<Kind, Block[]> = { "VRRP Instance": [], "VRRP Sync Group": [], "VRRP Script": [] };
  let block: Block | null = null;
  let list: string[] | null = null;
  for (const line of text.split("\n")) {
    const head = /^ (VRRP Instance|VRRP Sync Group|VRRP Script) = (.*)$/.exec(line);
    const heading = /^ {3}(\S.*?)(?: \(\d+\))? ?:$/.exec(line);
    const value = /^ {3}(\S.*?) [=:] (.*)$/.exec(line);
    if (head !== null) {
      // The state of a group stands behind its name.
      const [, name, state] = /^(.*), (\w+)$/.exec(head[2]!) ?? [];
      const isGroup = head[1] === "VRRP Sync Group" && name !== undefined;
      const values = new Map<string, string>(isGroup ? [["State", state!]] : []);
      block = { name: isGroup ? name : head[2]!, values, notes: [], lists: new Map() };
      found[head[1] as Kind].push(block);
      list = null;
    } else if (!line.startsWith("   ")) block = null;
    else if (block === null) continue;
    else if (line.startsWith("     ")) list?.push(line.trim());
    else if (heading !== null) {
      list = [];
      block.lists.set(heading[1]!, list);
    } else {
      list = null;
      if (value === null) block.notes.push(line.trim());
      else block.values.set(value[1]!, value[2]!);
    }
  }
  return found;
}

function instance({ values, notes, lists }: Block, early: Block | null): Fields {
  const wanted = early?.values.get("Wantstate") ?? null;
  const version = number(values, "VRRP Version");
  const peers = lists.get("Unicast Peer") ?? [];
  const group = notes.find((note) => note.startsWith("Multicast address "));
  return {
    interface: values.get("Interface"),
    family: notes.includes("Using Native IPv6") ? "ipv6" : "ipv4",
    version,
    virtual_router_id: number(values, "Virtual Router ID"),
    priority: number(values, "Priority"),
    effective_priority: number(values, "Effective priority"),
    advert_int_ms: number(values, "Advert interval") * (version === 3 ? 1 : 1000),
    initial_state: wanted === "FAULT" ? null : wanted,
    state: values.get("State"),
    nopreempt: values.get("Preempt") === "disabled",
    preempt_delay_s: number(values, "Preempt delay"),
    auth_type: values.get("Authentication type") === "SIMPLE_PASSWORD" ? "PASS" : null,
    auth_pass: values.get("Password") ?? null,
    source: sourceOf(values.get("Using src_ip") ?? ""),
    unicast: (lists.get("Flags") ?? []).some((flag) => flag.startsWith("Using unicast")),
    unicast_peers: peers.map((peer) => peer.split(" ")[0]),
    multicast_group: group === undefined ? null : group.split(" ")[2]!.replace(",", ""),
    sync_group: values.get("Sync group") ?? null,
    accept: values.get("Accept") === "enabled",
    strict: notes.includes("Enforcing strict VRRP compliance"),
    skip_check_adv_addr: notes.includes("Skip checking advert IP addresses"),
    dont_track_primary: notes.includes("VRRP interface tracking disabled"),
    garp: {
      delay: number(values, "Gratuitous ARP delay"),
      repeat: number(values, "Gratuitous ARP repeat"),
      refresh: number(values, "Gratuitous ARP refresh"),
      refresh_repeat: number(values, "Gratuitous ARP refresh repeat"),
      lower_prio_delay: number(values, "Gratuitous ARP lower priority delay"),
      lower_prio_repeat: number(values, "Gratuitous ARP lower priority repeat"),
    },
    track_scripts: (lists.get("Tracked scripts") ?? []).map(track),
    track_interfaces: (lists.get("Tracked interfaces") ?? []).map(track),
    track_files: (lists.get("Tracked files") ?? []).map(track),
    track_processes: (lists.get("Tracked processes") ?? []).map(track),
    notify: notifyOf(values),
    routes: lists.get("Virtual Routes") ?? [],
    rules: lists.get("Virtual Rules") ?? [],
    addresses: (lists.get("Virtual IP") ?? []).map(address),
    excluded: (lists.get("Virtual IP Excluded") ?? []).map(address),
  };
}

/** The kernel's own link-local address is none that anybody has chosen. */
function sourceOf(line: string): string | null {
  const [text = "", ...more] = line.split(" ");
  const isOwn = text.startsWith("fe80::ff:fe00:") && more.length === 0;
  return text === "" || text === "(none)" || isOwn ? null : text;
}

function notifyOf(values: ReadonlyMap<string, string>): Fields {
  const scripts = [...values].flatMap(([key, line]) => {
    const name = /^(.*?) (?:state transition )?script$/.exec(key)?.[1];
    return name === undefined || !line.includes(", uid:gid ")
      ? []
      : [[name.toLowerCase().replaceAll(" ", "_"), words(line.replace(/, uid:gid .*/, ""))] as const];
  });
  return Object.fromEntries(scripts);
}

function group({ values, notes, lists }: Block): Fields {
  return {
    state: values.get("State"),
    members: lists.get("VRRP member instances") ?? [],
    tracking_weight: notes.includes("sync group tracking weight set"),
    track_scripts: (lists.get("Tracked scripts") ?? []).map(track),
    track_interfaces: (lists.get("Tracked interfaces") ?? []).map(track),
    notify: notifyOf(values),
  };
}

function script({ values }: Block): Fields {
  return {
    command: words(values.get("Command") ?? ""),
    interval_s: number(values, "Interval"),
    timeout_s: number(values, "Timeout"),
    weight: number(values, "Weight"),
    reverse: values.get("Weight")?.endsWith(" reverse") ?? false,
    rise: number(values, "Rise"),
    fall: number(values, "Fall"),
  };
}

function track(line: string): Fields {
  const [, name, weight, reverse] = /^(.*?),? weight (-?\d+)( reverse)?$/.exec(line) ?? [];
  return { name, weight: Number(weight), ...(reverse === undefined ? {} : { reverse: true }) };
}

const VALUED: Readonly<Record<string, string>> = {
  dev: "dev",
  scope: "scope",
  label: "label",
  brd: "broadcast",
  peer: "peer",
  preferred_lft: "preferred_lft",
};

function address(line: string): Fields {
  const [text = "", ...rest] = line.split(" ");
  const found: Record<string, unknown> = {
    address: text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`,
  };
  const flags: string[] = [];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const key = VALUED[word];
    if (key !== undefined) found[key] = rest.shift();
    else if (word !== "set" && word !== "nftable_set") flags.push(word);
  }
  return flags.length === 0 ? found : { ...found, flags };
}

/** 'a' 'b c' → a, b c */
function words(line: string): string[] {
  return [...line.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, word]) => word!.replace(/\\(.)/g, "$1"));
}

/** 0: there is no such line, or none. */
function number(values: ReadonlyMap<string, string>, key: string): number {
  return Number.parseFloat(values.get(key) ?? "0");
}
