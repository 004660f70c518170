/**
 * The interfaces with virtual MAC addresses: made for virtual routers whose lock this daemon has, up while they are
 * master, put back when somebody takes them away, and removed with them. A backup's is down: frames for the virtual MAC
 * address are the master's, and nothing that a backup sends may make a switch look for it there.
 */
import { VrrpdError } from "../../base/errors.js";
import { shortList } from "../../base/lists.js";
import { MICROS_PER_MILLISECOND } from "../../base/time.js";
import type { InterfaceFacts } from "../../config/index.js";
import type { VirtualRouterConfig, Vmac } from "../../core/config.js";
import type { RouterId } from "../../core/identity.js";
import type { LinkState } from "../../core/input.js";
import { nowMicros } from "../../host/native.js";
import { LinkRequests, readLink, readLinks } from "../../host/netlink/link-requests.js";
import {
  encodeDressMacvlan,
  encodeLinkUp,
  encodeMakeMacvlan,
  encodeNoAddresses,
  encodeRemoveLink,
  type Macvlan,
} from "../../host/netlink/macvlan.js";
import { aliasOf, beforeOf, ownerOf, prepareBase, VMAC_SETTINGS } from "../../host/netlink/vmac-base.js";
import { isLockHeld, LOCK_PREFIX, lockName } from "../locks/locks.js";
import { type Around, Attempts } from "./attempts.js";
import { removeLeftVmacs, restoreUnused } from "./left.js";

export interface VmacsHooks {
  /** As the kernel has told. */
  readonly interfaces: () => readonly InterfaceFacts[];
  /** One is there now, or can no longer be made. */
  readonly onChange: () => void;
  readonly onProblem: (sentence: string) => void;
}

/** One that is to be there. */
interface Held {
  readonly vmac: Vmac;
  /** In its alias. */
  readonly owner: string;
  index: number | null;
  /** Messages that take it up and down, ready to be sent. */
  up: Uint8Array | null;
  down: Uint8Array | null;
  isUp: boolean;
  /** Why it is not there: a sentence without its full stop; null: it is. */
  problem: string | null;
  /** Another interface has its name. */
  isTaken: boolean;
  readonly attempts: Attempts;
}

/** Of a kernel that has no macvlan, or none on such an interface. */
const UNSUPPORTED = "EOPNOTSUPP";

const NOT_MADE = { index: null, up: null, down: null, isUp: false, problem: null, isTaken: false } as const;

export class Vmacs {
  readonly #held = new Map<RouterId, readonly Held[]>();
  #requests: LinkRequests | null = null;
  /** By interface: the one that is tried for all that are on it. */
  readonly #unsupported = new Map<string, Held>();
  #due: NodeJS.Immediate | null = null;
  #retry: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(private readonly hooks: VmacsHooks) {}

  /** At start: those of virtual routers that neither this daemon has nor another one runs. */
  removeAbandoned(routers: readonly VirtualRouterConfig[]): void {
    const own = new Set(routers.filter(({ vmacs }) => vmacs.length > 0).map(lockName));
    const done = removeLeftVmacs((lock) => own.has(lock) || isLockHeld(lock));
    for (const sentence of done) this.hooks.onProblem(`${sentence}: an earlier run had left it there`);
  }

  /** The lock of this virtual router is held: from now on its interfaces are there. */
  hold(router: VirtualRouterConfig): void {
    const known = this.#held.get(router.id)?.map(({ vmac }) => vmac.on);
    const isKnown = known?.join() === router.vmacs.map(({ on }) => on).join();
    if (router.vmacs.length === 0 || isKnown || this.#isClosed) return;
    // Until it has come to another interface they were on that one.
    this.release(router.id);
    const owner = lockName(router);
    const held = router.vmacs.map((vmac): Held => {
      return { vmac, owner, ...NOT_MADE, attempts: new Attempts() };
    });
    this.#held.set(router.id, held);
    const problem = problemIn(() => this.#removeOthers(owner, router.vmacs));
    if (problem !== null)
      this.hooks.onProblem(`what an earlier run has left of ${owner} could not be looked for: ${problem}`);
    for (const one of held) this.#make(one);
  }

  /** It has said all that it had to say, and its lock is about to go. */
  release(router: RouterId): void {
    const held = this.#held.get(router);
    this.#held.delete(router);
    this.#unsupported.clear();
    if (held !== undefined) this.#removeAndSay(held);
  }

  /** It is master from now on. */
  raise(router: RouterId): void {
    for (const held of this.#held.get(router) ?? []) {
      if (held.isUp) continue;
      held.isUp = true;
      if (this.#takeUpOrDown(held) !== null) this.#make(held);
    }
  }

  /** It is none any more, and its addresses are gone. */
  lower(router: RouterId): void {
    for (const held of this.#held.get(router) ?? []) {
      if (!held.isUp) continue;
      held.isUp = false;
      this.#takeUpOrDown(held);
    }
  }

  /** Links have changed: once all that has been told of them is read, what is missing, or is another one, is made again. */
  stir(): void {
    if (this.#held.size > 0) this.#due ??= setImmediate(() => this.#keep());
  }

  #keep(): void {
    this.#due = null;
    if (this.#isClosed) return;
    const links = this.#links();
    const now = nowMicros();
    let hasTried = false;
    for (const held of this.#all()) {
      if (held.problem !== null) {
        const around = aroundOf(held, links);
        if (!held.attempts.isDue(now, around)) continue;
        // One in each turn of the loop: a kernel that refuses many of them would hold up the adverts of all others.
        if (hasTried) this.stir();
        else this.#make(held, around);
        hasTried = true;
        continue;
      }
      const link = links.get(held.vmac.name);
      const isRight = link?.index === held.index && link?.mac?.text === held.vmac.mac.text;
      // One that is about to go is told of as down first.
      const isAsWanted = isRight && (link.up === held.isUp || this.#takeUpOrDown(held) === null);
      if (!isAsWanted) this.#make(held, aroundOf(held, links));
    }
    this.#tryAgain();
  }

  /** Why a virtual router cannot send from its own yet: a clause; null: it can, or needs none. */
  problemOf({ id, vmacs }: VirtualRouterConfig): string | null {
    if (vmacs.length === 0) return null;
    const held = this.#held.get(id);
    if (held === undefined) return `${vmacs[0]!.name} is made once the lock of the virtual router is held`;
    return held.find(({ problem }) => problem !== null)?.problem ?? null;
  }

  /** All go. */
  close(): void {
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#due !== null) clearImmediate(this.#due);
    const held = this.#all();
    this.#held.clear();
    this.#removeAndSay(held);
    this.#requests?.close();
    this.#requests = null;
  }

  #all(): Held[] {
    return [...this.#held.values()].flat();
  }

  /** @param known what is around it, if that is known already */
  #make(held: Held, known: Around | null = null): void {
    const before = held.problem;
    const had = held.index;
    held.index = null;
    held.isTaken = false;
    const now = nowMicros();
    const tried = this.#unsupported.get(held.vmac.on);
    const waitsFor = tried === held || tried?.problem == null ? null : tried.attempts.retryAt;
    if (waitsFor !== null && waitsFor > now) {
      held.problem = refusedBy(UNSUPPORTED, held.vmac);
      held.attempts.waitUntil(waitsFor, known ?? aroundOf(held, this.#links()));
    } else this.#attempt(held, known);
    if (held.problem !== null) this.#tryAgain();
    if (held.problem !== null && held.problem !== before) this.hooks.onProblem(held.problem);
    if (held.problem !== before || held.index !== had) this.hooks.onChange();
  }

  #attempt(held: Held, known: Around | null): void {
    if (this.#unsupported.get(held.vmac.on) === held) this.#unsupported.delete(held.vmac.on);
    let found: string | null = null;
    const failed = problemIn(() => {
      found = this.#findOrMake(held);
    });
    held.problem = failed === null ? found : `${held.vmac.name} could not be made: ${failed}`;
    if (held.problem === null) held.attempts.succeeded(nowMicros());
    else held.attempts.failed(nowMicros(), known ?? aroundOf(held, this.#links()), held.isTaken);
  }

  /** @returns why it is not there */
  #findOrMake(held: Held): string | null {
    const { name, on, mac } = held.vmac;
    const lower = readLink(on);
    if (lower === null) return `${name}: interface ${on}, on which it is to be, does not exist`;
    const there = readLink(name);
    const isAsMade = there !== null && isSame(there, held.vmac, lower);
    const isOurs = there !== null && ownerOf(there, LOCK_PREFIX) === held.owner;
    const fits = isAsMade && (isOurs || this.#isUnused(there));
    if (there !== null && !fits) {
      held.isTaken = !isOurs;
      if (held.isTaken && isAsMade) return `${name} is there already, and somebody else uses it`;
      if (held.isTaken)
        return `${name} is there already, and is no macvlan in private mode on ${on} with the MAC address ${mac.text}`;
      const refused = this.#request(encodeRemoveLink(there.index));
      if (refused !== null) return `${name} of an earlier run could not be removed (${refused})`;
    }
    const refused = fits ? null : this.#request(encodeMakeMacvlan(name, mac, lower.index));
    if (refused === UNSUPPORTED) this.#unsupported.set(on, held);
    if (refused !== null) return refusedBy(refused, held.vmac);
    const made = readLink(name);
    return made === null ? `${name} went as soon as it was made` : this.#dress(held, made, lower);
  }

  /** As a daemon leaves it that ends before it has marked it. */
  #isUnused({ index, up, alias }: Macvlan): boolean {
    const known = this.hooks.interfaces().find(({ link }) => link.index === index);
    return !up && alias === null && (known === undefined || known.addresses.length === 0);
  }

  #dress(held: Held, made: Macvlan, lower: Macvlan): string | null {
    const { name, on, family } = held.vmac;
    const { index } = made;
    const marked = readLinks().filter((link) => link.index !== index && ownerOf(link, LOCK_PREFIX) !== null);
    // An alias of its own, from an earlier run, knows what was before that one.
    const marks = ownerOf(made, LOCK_PREFIX) === null ? marked : [made, ...marked];
    const before = family === "ipv4" ? beforeOf(lower, marks) : null;
    held.up = encodeLinkUp(index, true);
    held.down = encodeLinkUp(index, false);
    const refused = this.#request(encodeDressMacvlan(index, aliasOf(held.owner, before), VMAC_SETTINGS));
    if (refused !== null) return `the settings of ${name} could not be made: the kernel refuses (${refused})`;
    const unaddressed = this.#request(encodeNoAddresses(index));
    if (unaddressed !== null && family === "ipv6")
      return `${name} could not be kept from IPv6 addresses of its own: the kernel refuses (${unaddressed})`;
    const onBase = family === "ipv4" ? prepareBase(this.#open(), lower) : null;
    if (onBase !== null) return `the settings of ${on} could not be made: the kernel refuses (${onBase})`;
    held.index = index;
    const refusedUp = this.#takeUpOrDown(held);
    return refusedUp === null ? null : `${name} could not be taken up: the kernel refuses (${refusedUp})`;
  }

  /** As it is meant to be. @returns the errno name of a refusal */
  #takeUpOrDown({ index, isUp, up, down }: Held): string | null {
    const message = isUp ? up : down;
    return index === null || message === null ? null : this.#request(message);
  }

  /** Whatever the kernel says: who lets go of them goes on. */
  #removeAndSay(held: readonly Held[]): void {
    const problem = problemIn(() => this.#removeAll(held));
    const names = held.map(({ vmac }) => vmac.name);
    if (problem !== null) this.hooks.onProblem(`${shortList(names)} could not be removed: ${problem}`);
  }

  #removeAll(held: readonly Held[]): void {
    if (held.length === 0) return;
    const marks = readLinks().filter((link) => held.some(({ vmac, owner }) => isOf(link, vmac.name, owner)));
    for (const { index } of marks) this.#request(encodeRemoveLink(index));
    restoreUnused(this.#open(), marks);
  }

  /** An earlier run may have had others for this virtual router. */
  #removeOthers(owner: string, vmacs: readonly Vmac[]): void {
    const names = new Set(vmacs.map(({ name }) => name));
    const others = readLinks().filter(
      (link) => ownerOf(link, LOCK_PREFIX) === owner && link.isPrivate && !names.has(link.name),
    );
    for (const { index } of others) this.#request(encodeRemoveLink(index));
  }

  #request(message: Uint8Array): string | null {
    return this.#open().request(message);
  }

  #open(): LinkRequests {
    this.#requests ??= new LinkRequests();
    return this.#requests;
  }

  #links(): ReadonlyMap<string, LinkState> {
    return new Map(this.hooks.interfaces().map(({ name, link }) => [name, link]));
  }

  /** When the next one is due. */
  #tryAgain(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    const times = this.#all().flatMap(({ problem, attempts: { retryAt } }) =>
      problem === null || retryAt === null ? [] : [retryAt],
    );
    if (times.length === 0 || this.#isClosed) return;
    const millis = (Math.min(...times) - nowMicros()) / MICROS_PER_MILLISECOND;
    this.#retry = setTimeout(() => this.stir(), Math.max(1, Math.ceil(millis)));
  }
}

function refusedBy(code: string, { name, on }: Vmac): string {
  return `${name} could not be made on ${on}: the kernel refuses (${code})`;
}

function aroundOf({ vmac }: Held, links: ReadonlyMap<string, LinkState>): Around {
  return { lower: links.get(vmac.on)?.index ?? null, there: links.get(vmac.name)?.index ?? null };
}

/** Does it. @returns what is in the way, as far as it is not a defect */
function problemIn(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== "string" || code === "EASSERTION") throw error;
    return error instanceof VrrpdError ? error.message : `the kernel refuses (${code})`;
  }
}

function isSame({ isPrivate, mac, lowerIndex }: Macvlan, vmac: Vmac, lower: Macvlan): boolean {
  return isPrivate && mac?.text === vmac.mac.text && lowerIndex === lower.index;
}

function isOf(link: Macvlan, name: string, owner: string): boolean {
  return link.name === name && ownerOf(link, LOCK_PREFIX) === owner;
}
