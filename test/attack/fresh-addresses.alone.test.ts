import { freshAddresses } from "./attacks/fresh-addresses.js";
import { attackTest } from "./short.js";

attackTest(freshAddresses, { seconds: 3, strength: 1 });
