/** The image: built from the Containerfile, and run as an operator runs it. */
import t from "tap";
import { testConfiguration } from "./configuration.js";
import { testDropIn } from "./drop-in.js";
import { buildImage } from "./image.js";
import { whyNotHere } from "./storage.js";
import { CURRENT_NODE, testOnAnyNode, withStorage } from "./suite.js";
import { testUpgrade } from "./upgrade.js";

t.test(`the image, on Node ${CURRENT_NODE}`, { skip: whyNotHere() ?? false }, (t) =>
  withStorage(t, async () => {
    const image = await buildImage(CURRENT_NODE);
    await testOnAnyNode(t, image);
    await t.test("configuration", (t) => testConfiguration(t, image));
    await t.test("drop-in", (t) => testDropIn(t, image));
    await t.test("upgrade", (t) => testUpgrade(t, image, image));
  }),
);
