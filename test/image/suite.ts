/** What is asked of an image, on whichever Node it stands. */
import type { Test } from "tap";
import { testContents } from "./contents.js";
import type { Image } from "./image.js";
import { testLeastPrivilege } from "./least-privilege.js";
import { pruneStorage, takeStorage } from "./storage.js";

/** The base of the Containerfile, and the oldest Node that vrrpd runs on. */
export const [CURRENT_NODE, OLDEST_NODE] = [24, 20];

/** Has the storage of images to itself while `work` goes on. */
export async function withStorage(t: Test, work: () => Promise<void>): Promise<void> {
  const release = await takeStorage();
  t.teardown(release);
  await work();
  await pruneStorage();
}

export async function testOnAnyNode(t: Test, image: Image): Promise<void> {
  const { base, image: built } = image.buildSeconds;
  t.comment(`built in ${built.toFixed(0)} s, its base in ${base.toFixed(0)} s`);
  await t.test("contents", (t) => testContents(t, image));
  await t.test("least privilege", (t) => testLeastPrivilege(t, image));
}
