import t from "tap";
import { Deadline, Deadlines } from "../../src/core/deadlines.js";
import { deadlinesAreAList } from "../properties/deadlines.js";
import { holds } from "../properties/property.js";

t.test("fires the earliest first, disarmed, with the time that had been set", async (t) => {
  const deadlines = new Deadlines();
  const fired: string[] = [];
  const make = (name: string) =>
    new Deadline("advertise", "test", (now, at) =>
      fired.push(`${name} ${at} at ${now} ${deadline[name]?.armed}`),
    );
  const deadline: Record<string, Deadline> = { a: make("a"), b: make("b"), c: make("c") };
  deadlines.set(deadline.a!, 30);
  deadlines.set(deadline.b!, 10);
  deadlines.set(deadline.c!, 20);
  deadlines.fireDue(25);
  t.same(fired, ["b 10 at 25 false", "c 20 at 25 false"]);
  t.equal(deadlines.next(), deadline.a);
});

t.test("one that is armed or cleared by another one's firing", async (t) => {
  const deadlines = new Deadlines();
  const fired: string[] = [];
  const late = new Deadline("listen", "test", () => fired.push("late"));
  const victim = new Deadline("announce", "test", () => fired.push("victim"));
  const first = new Deadline("advertise", "test", (now) => {
    fired.push("first");
    deadlines.clear(victim);
    deadlines.set(late, now);
  });
  deadlines.set(victim, 2);
  deadlines.set(first, 1);
  deadlines.fireDue(5);
  t.same(fired, ["first", "late"]);
  t.equal(deadlines.next(), null);
});

t.test("behaves as a plain list that is searched each time", async (t) => holds(t, deadlinesAreAList));
