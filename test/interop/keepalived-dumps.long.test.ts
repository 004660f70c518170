/** The same for all files of the corpus. */
import t from "tap";
import { CORPUS } from "../config/keepalived/corpus.js";
import { judge } from "./keepalived-dumps/judge.js";

judge(t, CORPUS);
