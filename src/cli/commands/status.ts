/** `vrrpd status`: who holds the addresses here, since when, why, and what is wrong. */
import { ExitCode } from "../../base/errors.js";
import { MOST_NAMES } from "../../core/yields.js";
import type { StatusDocument } from "../../daemon/status/types.js";
import { choose } from "../choose.js";
import { askStatus, socketPath, viewOf } from "../daemon-status.js";
import { complaintsOf } from "../view/nagios-view.js";
import { statusView } from "../view/status-view.js";
import { MOST_ROWS, summaryView } from "../view/summary-view.js";
import { watch } from "../watch.js";
import { defineCommand, JSON_OUTPUT, NO_DAEMON, SOCKET, usage } from "./command.js";

export const command = defineCommand({
  options: {
    watch: { type: "boolean", short: "w", text: "show it again every second, until a signal ends that" },
    "exit-code": { type: "boolean", text: "exit 1 where something is wrong" },
    all: { type: "boolean", text: "a row for each instance, however many there are" },
    json: JSON_OUTPUT,
    socket: SOCKET,
  },
  mostWords: MOST_NAMES,
  text: `Asks the running daemon, about all instances or about those of these names. More than ${MOST_ROWS} are told in groups, on
one screen. With --watch a daemon that is away is waited for.
Wrong is a problem that is not acknowledged, and an instance that is in FAULT, or does not take part yet.`,
  exitCodes: {
    [ExitCode.fatal]: "with --exit-code: something is wrong; or something else failed",
    ...NO_DAEMON,
  },
  async run({ options, words, print }) {
    const { watch: again, json, "exit-code": judges } = options;
    if (again && judges) throw usage("--watch goes on, so that it has no --exit-code", "vrrpd help status");
    const ask = async () => about(await askStatus(await socketPath(options.socket)), words);
    const show = (document: StatusDocument) => {
      const isLong = document.instances.length > MOST_ROWS && words.length === 0 && !options.all;
      if (!json) return (isLong ? summaryView : statusView)(document, viewOf());
      return JSON.stringify(document, null, again ? 0 : 2);
    };
    if (again) {
      await watch(async () => show(await ask()), print);
      return ExitCode.ok;
    }
    const document = await ask();
    print(show(document));
    return judges && isWrong(document) ? ExitCode.fatal : ExitCode.ok;
  },
});

/** What concerns these instances, or the whole node. */
function about(document: StatusDocument, names: readonly string[]): StatusDocument {
  if (names.length === 0) return document;
  const problems = document.problems.filter(
    ({ instances }) => instances.length === 0 || instances.some((name) => names.includes(name)),
  );
  return { ...document, instances: choose(document, names), problems };
}

function isWrong(document: StatusDocument): boolean {
  const { grave, mild } = complaintsOf(document);
  return grave.length + mild.length > 0;
}
