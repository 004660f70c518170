/**
 * Plain data as lines of text, and back: what is one object stays one, and each line can be read by itself, after those
 * before it, so that nobody has to read a large answer at once. Objects without methods, arrays, maps, sets and bytes;
 * no cycles.
 */
import { assert } from "./errors.js";

/** So many values a line: less than a millisecond to read. */
const NODES_A_LINE = 50;
/** Longer texts are written once, however often they stand there: paths of files do. */
const LONGEST_INLINE = 10;

type Scalar = string | number | boolean | null;
/** A list with a number refers to the value of that number; without one it is `undefined`. */
type Cell = Scalar | readonly [number] | readonly [];
/** A kind, then what that is made of. */
type Node = readonly [kind: "shape", ...keys: string[]] | readonly [kind: Kind, ...cells: Cell[]];
type Kind = "object" | "array" | "map" | "set" | "bytes" | "text" | "number";

/** Lines without a line break. The last value of the last one is the whole. */
export function* encodeGraph(value: object): Generator<string> {
  const encoder = new Encoder();
  encoder.cellOf(value);
  for (let from = 0; from < encoder.nodes.length; from += NODES_A_LINE)
    yield JSON.stringify(encoder.nodes.slice(from, from + NODES_A_LINE));
}

class Encoder {
  readonly nodes: Node[] = [];
  readonly #numbers = new Map<unknown, readonly [number]>();

  cellOf(value: unknown): Cell {
    if (value === undefined) return [];
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value === "string" && value.length <= LONGEST_INLINE) return value;
    const known = this.#numbers.get(value);
    return known ?? this.#add(value, this.#nodeOf(value));
  }

  #add(key: unknown, node: Node): readonly [number] {
    const cell = [this.nodes.push(node) - 1] as const;
    this.#numbers.set(key, cell);
    return cell;
  }

  #nodeOf(value: unknown): Node {
    if (typeof value === "string") return ["text", value];
    if (typeof value === "number") return ["number", String(value)];
    if (value instanceof Uint8Array) return ["bytes", Buffer.from(value).toString("base64")];
    if (Array.isArray(value)) return ["array", ...this.#cellsOf(value)];
    if (value instanceof Map) return ["map", ...this.#cellsOf([...value].flat())];
    if (value instanceof Set) return ["set", ...this.#cellsOf([...value])];
    assert(typeof value === "object", `a ${typeof value} is no plain data`);
    const shape = this.#shapeOf(Object.keys(value as object));
    return ["object", shape, ...this.#cellsOf(Object.values(value as object))];
  }

  #cellsOf(values: readonly unknown[]): Cell[] {
    return values.map((value) => this.cellOf(value));
  }

  #shapeOf(keys: readonly string[]): readonly [number] {
    const key = `keys of an object: ${keys.join(" ")}`;
    return this.#numbers.get(key) ?? this.#add(key, ["shape", ...keys]);
  }
}

export class GraphDecoder {
  readonly #values: unknown[] = [];

  /** The lines in their order. Throws an Error for what is no such line. */
  take(line: string): void {
    for (const node of JSON.parse(line) as Node[]) this.#values.push(this.#valueOf(node));
  }

  /** After the last line. */
  get whole(): unknown {
    return this.#values.at(-1);
  }

  #valueOf(node: Node): unknown {
    if (node[0] === "shape") return node.slice(1);
    const [kind, ...cells] = node;
    switch (kind) {
      case "text":
        return cells[0];
      case "number":
        return Number(cells[0]);
      case "bytes":
        return Uint8Array.from(Buffer.from(cells[0] as string, "base64"));
      case "array":
        return cells.map((cell) => this.#of(cell));
      case "set":
        return new Set(cells.map((cell) => this.#of(cell)));
      case "map":
        return new Map(
          cells.flatMap((key, at) => (at % 2 === 0 ? [[this.#of(key), this.#of(cells[at + 1]!)]] : [])),
        );
      case "object": {
        const [shape, ...values] = cells;
        const keys = this.#of(shape!) as readonly string[];
        return Object.fromEntries(keys.map((key, at) => [key, this.#of(values[at]!)]));
      }
      default:
        throw new Error(`${String(kind)} is no kind of value`);
    }
  }

  #of(cell: Cell): unknown {
    if (!Array.isArray(cell)) return cell;
    const [number] = cell as readonly number[];
    return number === undefined ? undefined : this.#values[number];
  }
}
