import t from "tap";
import {
  assemble,
  JUMP_IF_EQUAL,
  type Line,
  LOAD_BYTE,
  op,
  RETURN,
  rangesOf,
  unless,
  WHOLE_PACKET,
  when,
  whenWithin,
} from "../../../src/host/bpf/program.js";
import { run } from "./interpreter.js";

t.test("neighbouring numbers are one range; beyond the limit the nearest ranges are joined", async (t) => {
  t.same(rangesOf([5, 3, 4, 9, 9], 10), [
    [3, 5],
    [9, 9],
  ]);
  t.same(rangesOf([7], 10), [[7, 7]]);
  t.same(rangesOf([], 10), []);
  t.same(rangesOf([1, 3, 100, 102, 1000], 3), [
    [1, 3],
    [100, 102],
    [1000, 1000],
  ]);
  t.same(rangesOf([1, 3, 100, 102, 1000], 1), [[1, 1000]]);
});

t.test("never more ranges than allowed, and none of the numbers left out", async (t) => {
  const numbers = Array.from({ length: 1000 }, (_, at) => at * 3 + (at % 7));
  for (const most of [1, 2, 128]) {
    const ranges = rangesOf(numbers, most);
    t.ok(ranges.length <= most);
    t.ok(numbers.every((number) => ranges.some(([first, last]) => first <= number && number <= last)));
  }
});

t.test("a jump reaches its label over more instructions than a comparison alone could", async (t) => {
  const far = Array.from({ length: 600 }, (): Line => op(LOAD_BYTE, 1));
  const program = assemble([
    op(LOAD_BYTE, 0),
    ...when(JUMP_IF_EQUAL, 7, "seven"),
    ...unless(JUMP_IF_EQUAL, 8, "none"),
    ...far,
    { label: "seven" },
    op(RETURN, WHOLE_PACKET),
    { label: "none" },
    op(RETURN, 0),
  ]);
  const verdicts = [7, 8, 9].map((first) => run(program, { data: Uint8Array.of(first, 0) }));
  t.same(verdicts, [WHOLE_PACKET, WHOLE_PACKET, 0]);
});

t.test("ranges hold their first and last number, and no neighbour", async (t) => {
  const program = assemble([
    op(LOAD_BYTE, 0),
    ...whenWithin(rangesOf([3, 10, 11, 12, 0xff], 8), "within"),
    op(RETURN, 0),
    { label: "within" },
    op(RETURN, 1),
  ]);
  const within = Array.from({ length: 256 }, (_, byte) => byte).filter(
    (byte) => run(program, { data: Uint8Array.of(byte) }) === 1,
  );
  t.same(within, [3, 10, 11, 12, 255]);
});

t.test("a jump without a label behind it is a defect", async (t) => {
  t.throws(() => assemble([{ label: "back" }, { jump: "back" }]), { code: "EASSERTION" });
  t.throws(() => assemble([{ jump: "nowhere" }]), { code: "EASSERTION" });
});
