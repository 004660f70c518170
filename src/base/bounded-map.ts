/**
 * What others send, kept by key, and never more than a few: one more pushes out the one that is worth least.
 *
 * For few values, since a look-up goes through all of them. Not a Map: V8 links the tables that a Map has outgrown, so
 * that those whom forged keys push out without end would stay in memory until all of it is collected.
 */
export interface BoundedMapOptions<Key, Value> {
  readonly most: number;
  readonly isOf: (value: Value, key: Key) => boolean;
}

export class BoundedMap<Key, Value> {
  /** The one known longest is first. */
  readonly #values: Value[] = [];

  constructor(private readonly options: BoundedMapOptions<Key, Value>) {}

  get(key: Key): Value | undefined {
    const { isOf } = this.options;
    for (const value of this.#values) if (isOf(value, key)) return value;
    return undefined;
  }

  /**
   * Takes in a value whose key is not known yet. Of several that are worth least the one known longest goes.
   * @param isWorthLess whether `one` is to go before `other`
   * @param isKept whether a value stays in any case: how many do is bounded by whoever says so
   */
  add(
    value: Value,
    isWorthLess: (one: Value, other: Value) => boolean,
    isKept: (value: Value) => boolean = () => false,
  ): void {
    if (this.#values.length >= this.options.most) this.#forgetOne(isWorthLess, isKept);
    this.#values.push(value);
  }

  all(): Value[] {
    return [...this.#values];
  }

  #forgetOne(isWorthLess: (one: Value, other: Value) => boolean, isKept: (value: Value) => boolean): void {
    let least = -1;
    for (const [position, value] of this.#values.entries()) {
      if (isKept(value)) continue;
      if (least < 0 || isWorthLess(value, this.#values[least]!)) least = position;
    }
    if (least >= 0) this.#values.splice(least, 1);
  }
}
