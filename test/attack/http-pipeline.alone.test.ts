import { httpPipeline } from "./attacks/http.js";
import { attackTest } from "./short.js";

attackTest(httpPipeline, { seconds: 3, strength: 1 });
