/** What a reading process answers crosses as lines of text, and is what it was. */
import t from "tap";
import { encodeGraph, GraphDecoder } from "../../src/base/graph.js";

function across<T extends object>(value: T): T {
  const decoder = new GraphDecoder();
  for (const line of encodeGraph(value)) decoder.take(line);
  return decoder.whole as T;
}

t.test("plain data comes out as it went in", async (t) => {
  const value = {
    nothing: null,
    open: undefined,
    yes: true,
    numbers: [0, -1, 1.5, Number.POSITIVE_INFINITY],
    short: "eth0",
    long: "/etc/keepalived/keepalived.conf\n\u2028“”",
    empty: [[], {}, new Map(), new Set(), new Uint8Array()],
    bytes: Uint8Array.of(192, 0, 2, 1),
    map: new Map<unknown, unknown>([["a", { b: 1 }] as const, [2, null] as const]),
    set: new Set(["a", "a long text of many characters"]),
  };
  t.strictSame(across(value), value);
  t.ok([...encodeGraph(value)].every((line) => !line.includes("\n")));
});

t.test("what is one object stays one, and what is two stays two", async (t) => {
  const peers = ["192.0.2.1"];
  const { a, b, c } = across({ a: { peers }, b: { peers }, c: { peers: ["192.0.2.1"] } });
  t.equal(a.peers, b.peers);
  t.not(a.peers, c.peers);
});

t.test("bytes are their own: no view of something larger that stays in memory", async (t) => {
  const { bytes } = across({ bytes: Buffer.from("abcd") as Uint8Array });
  t.equal(bytes.buffer.byteLength, 4);
});

t.test("a large value comes in many lines, each of which is short", async (t) => {
  const value = Array.from({ length: 2_000 }, (_, at) => ({ at, name: `virtual router ${at}` }));
  const lines = [...encodeGraph(value)];
  t.ok(lines.length > 10);
  t.strictSame(across(value), value);
});

t.test("what is no plain data is a defect", async (t) => {
  t.throws(() => across({ run: () => {} }), { code: "EASSERTION" });
});
