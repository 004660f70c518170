/** From the successor's first advert until all its addresses are announced, and answer a neighbour's question. */
import { type Row, row } from "../figures/results.js";
import { fiveWithThousand, oneWith } from "../lab/routers.js";
import type { Part } from "./part.js";
import { serviceTimes } from "./service.js";

const PLANS = [
  { what: "1 address", routers: oneWith(1), most: 1 },
  { what: "20 addresses", routers: oneWith(20), most: null },
  { what: "200 addresses", routers: oneWith(200), most: 0.25 },
  { what: "1,000 addresses of five", routers: fiveWithThousand(), most: 0.5 },
] as const;
const KILLS = 9;
const QUICK_KILLS = 3;

export const vips: Part = {
  name: "vips",
  title: "Addresses in service",
  async run({ quick, say }) {
    const rows: Row[] = [];
    for (const { what, routers, most } of PLANS) {
      say(what);
      const { announced, answering } = await serviceTimes(routers, quick ? QUICK_KILLS : KILLS, say);
      const aim = most === null ? null : ({ of: "ratio", most } as const);
      rows.push(row({ what: `${what}: announced and answering`, unit: "ms", ...answering, aim }));
      rows.push(row({ what: `${what}: announced`, unit: "ms", ...announced }));
    }
    return { rows };
  },
};
