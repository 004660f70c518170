/** Six files of the corpus: the `keepalived` command's keepalived.data says what Keepalived's said. */
import t from "tap";
import { CORPUS } from "../config/keepalived/corpus.js";
import { judge } from "./keepalived-dumps/judge.js";

const CASES = [
  "s01-distribution-default",
  "s06-active-active",
  "s08-dual-stack",
  "s09-excluded-addresses",
  "s16-definitions-and-id",
  "s21-semicolons",
];

judge(
  t,
  CORPUS.filter(({ name }) => CASES.includes(name)),
);
