/** What an operator reads of a transition: programs parse these lines, so each byte of them counts. */
import t from "tap";
import { routersById } from "../../src/core/config.js";
import { cause } from "../../src/core/router/cause.js";
import { carryOut } from "../../src/daemon/loop/effects.js";
import { HostAdapter } from "../../src/daemon/loop/host-adapter.js";
import { routerConfig } from "../core/configurations.js";

const ROUTER = routerConfig();

function lines() {
  const said: string[] = [];
  const nothing = () => {
    throw new Error("nothing but the log is needed");
  };
  const host = new HostAdapter({
    network: { of: nothing, speakerOf: nothing, on: nothing, fixtures: { change: nothing } },
    vmacs: { raise: () => {}, lower: () => {} },
    interfaces: nothing,
    requests: { add: nothing, remove: nothing },
    locks: { acquire: nothing },
    notifier: { notify: nothing },
    fifos: { tell: nothing },
    logger: { log: (level, message, facts) => said.push(`${level} ${message} ${JSON.stringify(facts)}`) },
    routers: () => routersById([ROUTER]),
    groups: () => [],
  });
  return { host, said };
}

const consult = () => [];
const transition = { type: "transition", router: ROUTER.id, at: 7 } as const;

t.test(
  "a transition is one line with Keepalived's words, its cause, and the facts that decided",
  async (t) => {
    const { host, said } = lines();
    const failed = cause("check-failed", "check probe failed: refused", {
      check: "probe",
      detail: "refused",
    });
    const silent = cause("no-master", "no master was heard for 3.609 s", { priority: 100 });
    carryOut(
      host,
      [
        { ...transition, from: "BACKUP", to: "MASTER", cause: silent },
        { ...transition, from: "MASTER", to: "FAULT", cause: failed },
      ],
      consult,
    );
    t.strictSame(said, [
      'info (web) Entering MASTER STATE {"code":"no-master","instance":"web","from":"BACKUP","to":"MASTER",' +
        '"cause":"no master was heard for 3.609 s","priority":100}',
      'error (web) Entering FAULT STATE {"code":"check-failed","instance":"web","from":"MASTER","to":"FAULT",' +
        '"cause":"check probe failed: refused","check":"probe","detail":"refused"}',
    ]);
  },
);

t.test("it stands among the other lines where it happened", async (t) => {
  const { host, said } = lines();
  const line = (message: string) =>
    ({ type: "log", level: "info", code: "x", router: null, message, facts: {} }) as const;
  const ready = cause("ready", "ready");
  carryOut(
    host,
    [line("before"), { ...transition, from: "INIT", to: "BACKUP", cause: ready }, line("after")],
    consult,
  );
  t.strictSame(
    said.map((text) => text.split(" {")[0]),
    ["info before", "info (web) Entering BACKUP STATE", "info after"],
  );
});
