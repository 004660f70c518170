/** What a sync group makes of its members, case by case. */
import t from "tap";
import { type Decision, decide, type Member } from "../../src/core/groups/decision.js";
import { fault, pending } from "../../src/core/router/readiness.js";
import { groupsAreNeverSplit } from "../properties/groups.js";
import { holds } from "../properties/property.js";

const PLAIN: Member = {
  state: "BACKUP",
  impediment: null,
  isReady: false,
  startsAsOwner: false,
  joins: false,
};
const MISSING = pending("interface-missing", "interface eth1 does not exist");
const FAILED = fault("check-failed", "check probe failed");
const UNCHECKED = pending("check-pending", "check probe has no result yet");

const KINDS: Readonly<Record<string, Partial<Member>>> = {
  idle: { state: "INIT" },
  owner: { state: "INIT", startsAsOwner: true },
  unchecked: { state: "INIT", impediment: UNCHECKED },
  missing: { state: "INIT", impediment: MISSING },
  fault: { state: "FAULT" },
  failed: { state: "FAULT", impediment: FAILED },
  failing: { impediment: FAILED },
  backup: {},
  ready: { isReady: true },
  master: { state: "MASTER" },
  "new-idle": { state: "INIT", joins: true },
  "new-owner": { state: "INIT", joins: true, startsAsOwner: true },
  "new-unchecked": { state: "INIT", joins: true, impediment: UNCHECKED },
  "new-missing": { state: "INIT", joins: true, impediment: MISSING },
  "new-failed": { state: "INIT", joins: true, impediment: FAILED },
  "new-backup": { joins: true },
  "new-ready": { joins: true, isReady: true },
};

const TABLE: readonly (readonly [members: string, decision: string])[] = [
  ["idle idle", "start BACKUP"],
  ["owner owner", "start MASTER"],
  ["owner idle", "start BACKUP"],
  ["fault fault", "start BACKUP"],
  ["idle backup", "start BACKUP"],
  ["owner backup", "start BACKUP"],
  ["idle unchecked", "impede by 1"],
  ["failed unchecked", "impede by 1"],
  ["missing idle", "impede by 0"],
  ["fault failed", "impede by 1"],
  ["master failed", "impede by 1"],
  ["failing master", "impede by 0"],
  ["backup failed", "impede by 1"],
  ["backup backup", "rest"],
  ["ready backup", "rest"],
  ["ready ready backup", "rest"],
  ["ready ready", "claim"],
  ["ready", "claim"],
  ["master master", "rest"],
  ["master backup", "yield"],
  ["backup master master", "yield"],
  ["master new-idle", "start BACKUP"],
  ["master new-owner", "start MASTER"],
  ["master new-unchecked", "rest"],
  ["master new-missing", "impede by 1"],
  ["idle new-unchecked", "start BACKUP"],
  ["owner new-unchecked", "start MASTER"],
  ["backup new-unchecked", "rest"],
  ["ready new-unchecked", "claim"],
  ["ready backup new-unchecked", "rest"],
  ["master new-ready new-unchecked", "claim"],
  ["backup new-idle", "start BACKUP"],
  ["backup new-missing", "impede by 1"],
  ["backup new-failed", "impede by 1"],
  ["failing new-unchecked", "impede by 0"],
  ["new-unchecked", "rest"],
  ["master new-backup", "rest"],
  ["master new-ready", "claim"],
  ["master new-ready new-backup", "rest"],
  ["master new-backup backup", "yield"],
  ["master ready", "claim"],
];

function words(decision: Decision): string {
  if (decision.what === "impede") return `impede by ${decision.by}`;
  return decision.what === "start" ? `start ${decision.as}` : decision.what;
}

for (const [members, wanted] of TABLE) {
  t.test(`${members}: ${wanted}`, async (t) => {
    const found = decide(members.split(" ").map((kind) => ({ ...PLAIN, ...KINDS[kind]! })));
    t.equal(words(found), wanted);
  });
}

t.test("whatever its members meet, a group is never split", async (t) => {
  holds(t, groupsAreNeverSplit);
});
