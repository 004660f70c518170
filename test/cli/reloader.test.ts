/** What a reload does with whatever comes of the reading: the daemon goes on. */
import t from "tap";
import { Reloader } from "../../src/cli/reloader.js";

const NOTHING = () => {
  throw new Error("nothing was read, so nothing is taken over");
};

t.test("an error that is no problem of the file refuses the reload, and harms nobody", async (t) => {
  const said: string[] = [];
  const reloader = new Reloader({
    daemon: { reload: NOTHING, previewReload: NOTHING },
    logger: { log: (_, message) => said.push(message), lostLines: 0, close: async () => true },
    manager: { reloading: () => said.push("RELOADING"), ready: () => said.push("READY") },
    started: Promise.resolve(),
    reread: async () => {
      throw new SyntaxError("a defect");
    },
  });
  t.match(await reloader.preview(), { problems: ["SyntaxError: a defect"] });
  t.match(await reloader.reload("test"), { problems: ["SyntaxError: a defect"] });
  t.equal(said[0], "RELOADING");
  t.equal(said.at(-1), "READY");
  t.match(said[1], /nothing was reloaded/);
});
