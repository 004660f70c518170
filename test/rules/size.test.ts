import t from "tap";
import { linesOf, median, oversizedFiles, oversizedFunctions } from "./size.js";
import { readTree } from "./tree.js";

const tree = readTree("src", "native", "test", "bench", "scripts");

t.test("no file outgrows its budget", async (t) => {
  t.strictSame(oversizedFiles(tree), []);
  const sizes = tree.map((file) => linesOf(file.text));
  t.comment(`${tree.length} files, median ${median(sizes)} lines, longest ${Math.max(...sizes)}`);
  t.ok(tree.length > 50, "the files were found");
  const planted = [
    { path: "src/base/a.ts", text: "x\n".repeat(400) },
    { path: "native/b.cc", text: "x\n".repeat(401) },
  ];
  t.strictSame(oversizedFiles(planted), ["native/b.cc has 401 lines, more than 400"]);
  t.equal(median([5, 1, 3]), 3);
  t.equal(median([4, 1, 3, 2]), 2.5);
});

t.test("a function fits on a screen", async (t) => {
  const sources = tree.filter((file) => file.path.startsWith("src/"));
  t.strictSame(oversizedFunctions(sources), []);
  const statements = (count: number) => "  x();\n".repeat(count);
  const text = `function short() {\n${statements(67)}}\nconst long = () => {\n${statements(68)}};\n`;
  t.strictSame(oversizedFunctions([{ path: "src/base/a.ts", text }]), [
    "src/base/a.ts:70 has 70 lines in one function",
  ]);
  const method = `class A {\n  get b() {\n${statements(80)}  }\n}\n`;
  t.strictSame(oversizedFunctions([{ path: "src/base/a.ts", text: method }]), [
    "src/base/a.ts:2 has 82 lines in one function",
  ]);
});
