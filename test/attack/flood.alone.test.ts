import { flood } from "./attacks/flood.js";
import { attackTest } from "./short.js";

attackTest(flood, { seconds: 3, strength: 1 });
