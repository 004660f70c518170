import { socketPath } from "./attacks/socket-path.js";
import { attackTest } from "./short.js";

attackTest(socketPath, { seconds: 1, strength: 1 });
