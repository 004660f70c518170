/** The image: built from the Containerfile on Node 24 and on Node 20, and run as an operator runs it. */
import t from "tap";
import { testContents } from "./contents.js";
import { testDropIn } from "./drop-in.js";
import { buildImage, removeRoot } from "./image.js";
import { testLeastPrivilege } from "./least-privilege.js";
import { whyNotHere } from "./storage.js";

/** The base of the Containerfile, and the oldest Node that vrrpd runs on. */
const NODE_MAJORS = [24, 20];

for (const major of NODE_MAJORS) {
  t.test(`on Node ${major}`, { skip: whyNotHere() ?? false }, async (t) => {
    const image = await buildImage(major);
    t.teardown(() => removeRoot(image));
    const { base, image: built } = image.buildSeconds;
    t.comment(`built in ${built.toFixed(0)} s, its base in ${base.toFixed(0)} s`);
    await t.test("contents", (t) => testContents(t, image));
    await t.test("least privilege", (t) => testLeastPrivilege(t, image));
    if (major === NODE_MAJORS[0]) await t.test("drop-in", (t) => testDropIn(t, image));
  });
}
