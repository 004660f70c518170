/** The image: built from the Containerfile on Node 24 and on Node 20, and run as an operator runs it. */
import t, { type Test } from "tap";
import { testContents } from "./contents.js";
import { testDropIn } from "./drop-in.js";
import { buildImage, type Image } from "./image.js";
import { testLeastPrivilege } from "./least-privilege.js";
import { pruneStorage, takeStorage, whyNotHere } from "./storage.js";
import { testUpgrade } from "./upgrade.js";

/** The base of the Containerfile, and the oldest Node that vrrpd runs on. */
const [CURRENT, OLDEST] = [24, 20];

t.test("the image", { skip: whyNotHere() ?? false }, async (t) => {
  const release = await takeStorage();
  t.teardown(release);
  const current = await buildImage(CURRENT);
  // The second build takes place while the tests of the first wait for elections.
  const second = buildImage(OLDEST);
  second.catch(() => {}); // It is awaited below, or the test has failed already.
  await t.test(`on Node ${CURRENT}`, async (t) => {
    await testOnAnyNode(t, current);
    await t.test("drop-in", (t) => testDropIn(t, current));
  });
  const oldest = await second;
  await t.test(`on Node ${OLDEST}`, (t) => testOnAnyNode(t, oldest));
  await t.test("upgrade", (t) => testUpgrade(t, current, oldest));
  await pruneStorage();
});

async function testOnAnyNode(t: Test, image: Image): Promise<void> {
  const { base, image: built } = image.buildSeconds;
  t.comment(`built in ${built.toFixed(0)} s, its base in ${base.toFixed(0)} s`);
  await t.test("contents", (t) => testContents(t, image));
  await t.test("least privilege", (t) => testLeastPrivilege(t, image));
}
