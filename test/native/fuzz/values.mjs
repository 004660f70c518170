/** Hostile values for the addon, all from one seed. */

/** mulberry32 */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(next() * count);
  return { next, below, pick: (items) => items[below(items.length)], chance: (share) => next() < share };
}

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  3,
  7,
  64,
  255,
  256,
  1023,
  1024,
  1025,
  4096,
  65535,
  65536,
  65537,
  0x10806,
  2 ** 20,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 32 + 1,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  2 ** 64,
  1e308,
  -(2 ** 31),
  -(2 ** 31) - 1,
  -(2 ** 32),
  -1e308,
  0.5,
  1e-308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const TEXTS = [
  "",
  "\0",
  "a\0b",
  "/",
  "/bin/true",
  "ipv4",
  "ipv6",
  "root",
  "x".repeat(300),
  "é\ud800",
  "A=b",
  "\u202e",
];
const VIEWS = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int32Array,
  Float64Array,
  BigInt64Array,
  DataView,
];

/** What hostile code throws, so that it is told from what the addon throws. */
export class Thrown extends Error {}

export class Values {
  constructor(chance) {
    this.random = chance;
    /** What getters and callbacks do; set by who throws the values. */
    this.mischief = () => {};
    this.buffers = [];
  }

  number() {
    const { pick, chance, below } = this.random;
    return chance(0.8) ? pick(NUMBERS) : below(2 ** 32) - 2 ** 31;
  }

  text() {
    return this.random.pick(TEXTS);
  }

  /** Memory that may be shared, resizable, detached or empty, now or a little later. */
  memory() {
    const { pick, chance, below } = this.random;
    const bytes = pick([0, 1, 7, 8, 14, 20, 60, 64, 1024, 32768, 70000]);
    const most = { maxByteLength: bytes * 2 + 8 };
    const kind = below(5);
    if (kind === 0) return new SharedArrayBuffer(bytes);
    if (kind === 1) return new SharedArrayBuffer(bytes, most);
    const buffer = kind === 2 ? new ArrayBuffer(bytes, most) : new ArrayBuffer(bytes);
    this.keep(buffer);
    if (chance(0.1)) this.spoil();
    return buffer;
  }

  /** One that may be spoilt later. */
  keep(buffer) {
    this.buffers.push(buffer);
    if (this.buffers.length > 20) this.buffers.shift();
  }

  /** Takes the memory away from under some view that exists. */
  spoil() {
    if (this.buffers.length > 0) this.take(this.random.pick(this.buffers), 0.02);
  }

  /** @param collected how often it is freed too: else whoever has it now keeps it */
  take(buffer, collected) {
    const { chance, below } = this.random;
    try {
      if (buffer.resizable && chance(0.7)) buffer.resize(below(buffer.maxByteLength + 1));
      else structuredClone(buffer, { transfer: [buffer] });
      if (chance(collected)) globalThis.gc();
    } catch {
      // Detached already.
    }
  }

  bytes() {
    const { pick, chance } = this.random;
    const View = chance(0.6) ? Uint8Array : pick(VIEWS);
    const buffer = this.memory();
    try {
      const view = chance(0.2) && buffer.byteLength >= 8 ? new View(buffer, 8) : new View(buffer);
      if (View === Uint8Array && chance(0.5)) view.fill(this.random.below(256));
      return view;
    } catch {
      return new Uint8Array(buffer.byteLength);
    }
  }

  callback() {
    const { chance } = this.random;
    return () => {
      this.mischief();
      if (chance(0.1)) throw new Thrown("callback");
    };
  }

  /** An array, perhaps with getters that do mischief, or one that is none. */
  array(item) {
    const { below, chance } = this.random;
    const array = Array.from({ length: below(8) }, () => item());
    if (chance(0.2)) {
      const get = () => {
        this.mischief();
        // Of an item that was read before this one.
        if (chance(0.4) && ArrayBuffer.isView(array[0])) this.take(array[0].buffer, 0.5);
        if (chance(0.2)) throw new Thrown("getter");
        if (chance(0.3)) array.length = below(20);
        return item();
      };
      Object.defineProperty(array, 1 + below(4), { get, configurable: true });
    }
    if (chance(0.03)) array.length = this.random.pick([1000, 70000, 2 ** 32 - 1]);
    if (chance(0.03)) Object.setPrototypeOf(array, new Proxy({}, { get: () => item() }));
    return chance(0.05) ? new Proxy(array, {}) : array;
  }

  any(objects = []) {
    const { below, pick } = this.random;
    switch (below(13)) {
      case 0:
        return undefined;
      case 1:
        return null;
      case 2:
        return this.text();
      case 3:
        return this.bytes();
      case 4:
        return this.memory();
      case 5:
        return this.callback();
      case 6:
        return this.array(() => this.number());
      case 7:
        return Symbol("fuzz");
      case 8:
        return 2n ** 70n;
      case 9:
        return new Proxy({}, { get: () => this.number() });
      case 10:
        return { toString: () => this.text(), valueOf: () => this.number() };
      case 11:
        return objects.length > 0 ? pick(objects) : {};
      default:
        return this.number();
    }
  }

  /** An object of these fields, each right (as its function makes it), hostile, left out, or behind a getter. */
  options(fields) {
    const { chance } = this.random;
    const object = {};
    for (const [name, right] of Object.entries(fields)) {
      if (chance(0.02)) continue;
      const value = chance(0.1) ? this.any() : right();
      if (!chance(0.1)) object[name] = value;
      else {
        const get = () => {
          this.mischief();
          return chance(0.2) ? this.any() : value;
        };
        Object.defineProperty(object, name, { get, enumerable: true });
      }
    }
    return chance(0.03) ? new Proxy(object, {}) : object;
  }
}
