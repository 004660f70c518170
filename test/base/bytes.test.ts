import t from "tap";
import { sameBytes } from "../../src/base/bytes.js";

t.test("the same bytes, in whatever memory; not a beginning, and not one byte else", async (t) => {
  const bytes = Uint8Array.of(1, 2, 3);
  t.ok(sameBytes(bytes, Uint8Array.of(0, 1, 2, 3).subarray(1)));
  t.ok(sameBytes(new Uint8Array(0), new Uint8Array(0)));
  t.notOk(sameBytes(bytes, bytes.subarray(0, 2)));
  t.notOk(sameBytes(bytes.subarray(0, 2), bytes));
  t.notOk(sameBytes(bytes, Uint8Array.of(1, 2, 4)));
});
