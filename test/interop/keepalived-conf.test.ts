/** vrrpd runs each file of the corpus: verdict, states, addresses of the kernel and adverts are those of Keepalived. */
import t from "tap";
import { CORPUS } from "../config/keepalived/corpus.js";
import { judge } from "./keepalived-conf/judge.js";

judge(t, CORPUS, {
  "s19-advert-intervals": {
    why: "Keepalived was looked at before the election of an instance with intervals of 2 s was over",
    without: ["B"],
  },
  "s24-misspelled": {
    why: "an unknown block is skipped as a whole, and what follows it counts",
    priorities: { VI_1: 200 },
  },
});
