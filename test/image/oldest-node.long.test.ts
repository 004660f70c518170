/** The image on the oldest Node that vrrpd runs on, which means a second build, and an upgrade between the two. */
import t from "tap";
import { buildImage } from "./image.js";
import { whyNotHere } from "./storage.js";
import { CURRENT_NODE, OLDEST_NODE, testOnAnyNode, withStorage } from "./suite.js";
import { testUpgrade } from "./upgrade.js";

t.test(`the image, on Node ${OLDEST_NODE}`, { skip: whyNotHere() ?? false }, (t) =>
  withStorage(t, async () => {
    const oldest = await buildImage(OLDEST_NODE);
    await testOnAnyNode(t, oldest);
    const current = await buildImage(CURRENT_NODE);
    await t.test("upgrade", (t) => testUpgrade(t, oldest, current));
  }),
);
