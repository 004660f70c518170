import { httpCrowd } from "./attacks/http.js";
import { attackTest } from "./short.js";

attackTest(httpCrowd, { seconds: 3, strength: 0.2 });
