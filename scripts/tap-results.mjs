/**
 * Counts what a run of tap really did. A test is a named one of the deepest level (`t.test` without another inside);
 * assertions between tests count only when they fail. A file in which nothing ran has failed.
 */
import { Parser } from "tap-parser";

/**
 * @typedef {{ name: string, details: string }} Failure
 * @typedef {{ name: string, reason: string }} Skip
 * @typedef {{ path: string, passed: number, failures: Failure[], skips: Skip[], timeMs: number }} FileResult
 */

/**
 * A stream to write tap's output to. `onFile` is called with each file's FileResult; `strays` collects failures that
 * belong to no file (they repeat what a file says, but for a runner that broke).
 *
 * @param {(file: FileResult) => void} onFile
 */
export function readTap(onFile) {
  const strays = [];
  const parser = new Parser();
  const onClosed = (node, closing) => onFile(judge(node, closing));
  const onVerdict = (result) => {
    // A file that printed nothing has no output of its own, only this line; or else the runner itself complains.
    if (result.skip) onFile(nothingRan(result.name, 0, result));
    else if (!result.ok) strays.push({ name: result.name, details: details(result) });
  };
  watch(parser, "", onClosed, onVerdict);
  return { parser, strays };
}

function judge(node, closing) {
  const file = { path: node.name, passed: 0, failures: [], skips: [], timeMs: closing.time ?? 0 };
  const isEmpty = node.children.length + node.asserts.length === 0 && !node.open;
  if (isEmpty || closing.skip === "no tests found") return nothingRan(node.name, file.timeMs, closing);
  count(node, [], file);
  if (!closing.ok && file.failures.length === 0) {
    file.failures.push({ name: "the file as a whole", details: details(closing) });
  }
  return file;
}

function nothingRan(path, timeMs, result) {
  return {
    path,
    passed: 0,
    failures: [{ name: "no test ran", details: details(result) }],
    skips: [],
    timeMs,
  };
}

/** Builds the tree of one parser; `onChild` gets each finished subtest with the line that closes it. */
function watch(parser, name, onChild, onAssert) {
  const node = { name, children: [], asserts: [], open: null };
  parser.on("child", (child) => {
    const inner = watch(
      child,
      child.name,
      (grandchild, closing) => inner.children.push({ ...grandchild, closing }),
      (result) => inner.asserts.push(result),
    );
    node.open = inner;
  });
  parser.on("assert", (result) => {
    const closed = node.open;
    node.open = null;
    if (closed) onChild(closed, result);
    else onAssert(result);
  });
  return node;
}

function count(node, path, file) {
  const isFile = path.length === 0 && node.closing === undefined;
  const here = isFile ? [] : [...path, node.name];
  for (const child of node.children) count(child, here, file);
  // The process ended in the middle of this one.
  if (node.open)
    count({ ...node.open, closing: { ok: false, name: "the process ended before this test" } }, here, file);
  for (const skip of node.asserts.filter((result) => result.skip || result.todo)) {
    file.skips.push({ name: [...here, skip.name].join(" > "), reason: String(skip.skip || skip.todo) });
  }
  const failed = node.asserts.filter((result) => !result.ok && !result.skip && !result.todo);
  const isLeaf = node.children.length === 0 && !node.open;
  const done = node.asserts.some((result) => !result.skip && !result.todo);
  if (failed.length > 0) {
    file.failures.push({
      name: here.join(" > ") || "outside of any test",
      details: failed.map(details).join("\n"),
    });
  } else if (node.closing && !node.closing.ok && isLeaf) {
    file.failures.push({ name: here.join(" > "), details: details(node.closing) });
  } else if (isLeaf && (done || node.asserts.length === 0) && (node.closing || done)) {
    file.passed++;
  }
}

/** The part of a diagnosis that helps a reader, in a fixed order. */
const SHOWN = [
  "message",
  "diff",
  "found",
  "wanted",
  "pattern",
  "code",
  "signal",
  "exitCode",
  "error",
  "stderr",
  "stack",
  "source",
];

function details(result) {
  const diagnosis = result.diag ?? {};
  const lines = SHOWN.filter((key) => diagnosis[key] !== undefined && diagnosis[key] !== null).map((key) => {
    const value = diagnosis[key];
    const text = typeof value === "string" ? value.trimEnd() : JSON.stringify(value);
    return text.includes("\n") ? `${key}:\n${text.replace(/^/gm, "  ")}` : `${key}: ${text}`;
  });
  return [result.name, ...lines].join("\n");
}
