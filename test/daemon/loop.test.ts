/** In which order the loop reads, decides and acts. */
import t from "tap";
import type { Core } from "../../src/core/core.js";
import type { Effect } from "../../src/core/effect.js";
import type { Input } from "../../src/core/input.js";
import { Lateness } from "../../src/daemon/lateness.js";
import { Loop } from "../../src/daemon/loop.js";

const SEND: Effect = { type: "sendAdvert", router: 0, release: false };

/** What happens is written down. @param effectsOf what the core answers to an input */
function recorded(effectsOf: (input: Input) => Effect[]) {
  const events: string[] = [];
  const core = {
    handle: (_now: number, input: Input) => {
      events.push(input.type);
      return effectsOf(input);
    },
    deadline: () => ({ at: 5_000, reason: "advertise", owner: "web" }),
  } as unknown as Core;
  const loop: Loop = new Loop({
    core,
    now: () => 2_000,
    timer: { arm: (at) => events.push(`armed for ${at}`), disarm: () => events.push("disarmed") },
    carryOut: (effects) => {
      events.push(`${effects.length} carried out`);
      return [];
    },
    readArrived: () => {
      events.push("read");
      loop.input({ type: "lock", router: 0, holder: null });
    },
    lateness: new Lateness(() => undefined),
  });
  return { loop, events };
}

t.test("when the timer has fired: adverts, then what has arrived, then deadlines", async (t) => {
  const { loop, events } = recorded((input) => (input.type === "advertise" ? [SEND] : []));
  loop.expired();
  t.same(events, ["advertise", "1 carried out", "armed for 5000", "read", "lock", "deadline"]);
});

t.test("the effects of a batch go out together, before the timer is armed", async (t) => {
  const { loop, events } = recorded(() => [SEND]);
  loop.batch(() => {
    loop.input({ type: "advertise" });
    loop.input({ type: "shutdown" });
  });
  t.same(events, ["advertise", "shutdown", "2 carried out", "armed for 5000"]);
});
