import { closeSync, fstatSync, openSync } from "node:fs";
import t from "tap";
import { isJournal } from "../../../src/host/log/index.js";

t.test("the journal collects what JOURNAL_STREAM names by device and inode", async (t) => {
  const fd = openSync("/dev/null", "w");
  const other = openSync("/", "r");
  const named = (of: number) => {
    const { dev, ino } = fstatSync(of, { bigint: true });
    return { JOURNAL_STREAM: `${dev}:${ino}` };
  };
  t.equal(isJournal(fd, named(fd)), true);
  t.equal(isJournal(fd, named(other)), false, "it was inherited, and the output goes elsewhere");
  for (const env of [{}, { JOURNAL_STREAM: "" }, { JOURNAL_STREAM: "1" }, { JOURNAL_STREAM: "x:y" }])
    t.equal(isJournal(fd, env), false);
  closeSync(other);
  closeSync(fd);
  t.equal(isJournal(fd, named(1)), false, "a closed one");
});
