/** Every property that there is. */
import { ADDRESS_LIST_PROPERTIES } from "./address-lists.js";
import { ADVERT_FILTER_PROPERTIES } from "./advert-filter.js";
import { ADVERT_PROPERTIES } from "./adverts.js";
import { INPUT_PROPERTIES } from "./core-inputs.js";
import { deadlinesAreAList } from "./deadlines.js";
import { ENVIRONMENT_PROPERTIES } from "./environment.js";
import { groupsAreNeverSplit } from "./groups.js";
import { HEADER_PROPERTIES } from "./headers.js";
import { KEEPALIVED_PROPERTIES } from "./keepalived-conf.js";
import { NEIGHBOR_PROPERTIES } from "./neighbors.js";
import type { NamedProperty } from "./property.js";
import { writtenIsRead } from "./written-conf.js";
import { YIELD_PROPERTIES } from "./yields.js";

export const PROPERTIES: readonly NamedProperty[] = [
  ...ADVERT_PROPERTIES,
  ...ADVERT_FILTER_PROPERTIES,
  ...HEADER_PROPERTIES,
  ...NEIGHBOR_PROPERTIES,
  ...ADDRESS_LIST_PROPERTIES,
  ...ENVIRONMENT_PROPERTIES,
  ...KEEPALIVED_PROPERTIES,
  writtenIsRead,
  ...INPUT_PROPERTIES,
  ...YIELD_PROPERTIES,
  groupsAreNeverSplit,
  deadlinesAreAList,
];
