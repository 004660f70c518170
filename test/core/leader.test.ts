import t from "tap";
import type { Speaker } from "../../src/core/peers/speakers.js";
import { followedBy, Leader, NOBODY } from "../../src/core/router/leader.js";
import { ip } from "./values.js";

const SECOND = 1_000_000;

function speaker(source: string, priority: number, lastHeardAt = 0): Speaker {
  const advert = { priority, advertIntervalMicros: SECOND } as Speaker["advert"];
  return { source: ip(source), advert, lastHeardAt, adverts: 1 } as unknown as Speaker;
}

const [A, B, C] = ["192.0.2.40", "192.0.2.41", "192.0.2.42"] as const;

t.test("the best one leads, whoever spoke last", async (t) => {
  const leader = new Leader({ config: { downTimerAdverts: 3 } });
  leader.hear(0, speaker(A, 200));
  leader.hear(1, speaker(B, 150));
  t.equal(leader.speaker?.source.text, A);
  leader.hear(2, speaker(C, 200));
  t.equal(leader.speaker?.source.text, C, "of two equal ones the greater address");
  leader.hear(3, speaker(A, 200));
  t.equal(leader.speaker?.source.text, C);
});

t.test("one that has fallen silent, or has released, leads no longer", async (t) => {
  const leader = new Leader({ config: { downTimerAdverts: 3 } });
  leader.hear(0, speaker(A, 200));
  leader.hear(4 * SECOND, speaker(B, 150, 4 * SECOND));
  t.equal(leader.speaker?.source.text, A, "a lost advert or three");
  leader.hear(4 * SECOND + 1, speaker(B, 150, 4 * SECOND + 1));
  t.equal(leader.speaker?.source.text, B);
  leader.hear(5 * SECOND, speaker(C, 0, 5 * SECOND));
  t.equal(leader.speaker?.source.text, B, "somebody else's release");
  leader.hear(6 * SECOND, speaker(B, 0, 6 * SECOND));
  t.equal(leader.speaker, null);
});

t.test("its changes are counted, repetitions are none", async (t) => {
  const leader = new Leader({ config: { downTimerAdverts: 3 } });
  leader.hear(0, speaker(A, 200));
  const { changes } = leader;
  leader.hear(1, speaker(A, 200));
  leader.hear(2, speaker(B, 150));
  t.equal(leader.changes, changes);
  leader.hear(3, speaker(A, 210));
  t.equal(leader.changes, changes + 1);
  leader.onTransition("MASTER");
  t.ok(leader.changes > changes + 1);
  t.equal(leader.speaker, null);
});

t.test("what the host is told: the masters, and the least priority that can change anything", async (t) => {
  const led = (source: string, priority: number) => {
    const leader = new Leader({ config: { downTimerAdverts: 3 } });
    leader.hear(0, speaker(source, priority));
    return leader;
  };
  const told = (...routers: Parameters<typeof followedBy>[0]) => {
    const { sources, ...priorities } = followedBy(routers);
    return { sources: sources.map(({ text }) => text), ...priorities };
  };
  const config = { virtualRouterId: 7 };
  const backup = { config, state: "BACKUP", priority: 100, leader: led(A, 200) } as const;
  const routine = { virtualRouterIds: [7], priorities: [200] };
  t.same(told(backup), { sources: [A], leastPriority: 100, bestPriority: 200, routine });
  const waiting = {
    config: { virtualRouterId: 8 },
    state: "BACKUP",
    priority: 200,
    leader: led(B, 50),
  } as const;
  t.same(
    told(backup, waiting),
    { sources: [A, B], leastPriority: 50, bestPriority: 50, routine },
    "nobody waits calmly beside a lower one",
  );
  const master = {
    config: { virtualRouterId: 9 },
    state: "MASTER",
    priority: 120,
    leader: new Leader({ config: { downTimerAdverts: 3 } }),
  } as const;
  t.same(told(backup, master), { sources: [A], leastPriority: 100, bestPriority: 120, routine });
  const alone = {
    config: { virtualRouterId: 9 },
    state: "BACKUP",
    priority: 100,
    leader: new Leader({ config: { downTimerAdverts: 3 } }),
  } as const;
  t.same(
    told(backup, alone),
    { ...NOBODY, sources: [A], routine },
    "where nobody leads, everybody is worth hearing",
  );
});
