/** All parts, in the order in which they run and are printed. */
import { cpu } from "./cpu.js";
import { failover } from "./failover.js";
import { flood } from "./flood.js";
import { memory } from "./memory.js";
import type { Part } from "./part.js";
import { release } from "./release.js";
import { reload } from "./reload.js";
import { scale } from "./scale.js";
import { spacing } from "./spacing.js";
import { start } from "./start.js";
import { vips } from "./vips.js";

export const PARTS: readonly Part[] = [
  failover,
  vips,
  release,
  spacing,
  cpu,
  flood,
  start,
  memory,
  scale,
  reload,
];
