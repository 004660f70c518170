import { lock } from "./attacks/lock.js";
import { attackTest } from "./short.js";

attackTest(lock, { seconds: 3, strength: 1 });
