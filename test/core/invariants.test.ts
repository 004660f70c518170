/** Whatever is told in whatever order: what must always hold, and what must hold once everything has settled. */
import t from "tap";
import { INPUT_PROPERTIES } from "../properties/core-inputs.js";
import { holds } from "../properties/property.js";

for (const property of INPUT_PROPERTIES) {
  t.test(property.name, async (t) => holds(t, property));
}
