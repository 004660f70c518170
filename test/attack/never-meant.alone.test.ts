import { neverMeant } from "./attacks/flood.js";
import { attackTest } from "./short.js";

attackTest(neverMeant, { seconds: 3, strength: 1 });
