import t from "tap";
import { ADVERT_FILTER_PROPERTIES } from "../../properties/advert-filter.js";
import { holds } from "../../properties/property.js";

for (const property of ADVERT_FILTER_PROPERTIES) {
  t.test(property.name, async (t) => holds(t, property));
}
