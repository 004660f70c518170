import { announcements } from "./attacks/announcements.js";
import { attackTest } from "./short.js";

attackTest(announcements, { seconds: 3, strength: 1 });
