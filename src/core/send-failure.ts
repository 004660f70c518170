/** What a virtual router could not send: counted, judged by its voice, and said at a limited rate. */
import type { Micros } from "../base/time.js";
import { countErrno } from "./counters.js";
import type { Input } from "./input.js";
import type { Outbox } from "./outbox.js";
import type { VirtualRouter } from "./router/router.js";

type SendFailure = Extract<Input, { type: "sendFailed" }>;

const SENT: Readonly<Record<SendFailure["what"], string>> = {
  advert: "an advert",
  release: "a release",
  trial: "a trial advert",
  announcement: "an announcement",
};

export function onSendFailed(router: VirtualRouter, outbox: Outbox, now: Micros, failure: SendFailure): void {
  const { what, on, codes, reached } = failure;
  const { counters, config } = router;
  counters.sendErrors += codes.length;
  for (const code of codes) countErrno(counters.sendErrorsByErrno, code);
  if (reached === 0) router.onRefused(now, what, codes[0]!);
  const [errno] = codes;
  const of = codes.length + reached;
  const interfaceName = on ?? config.interface;
  const where = of > 1 ? `to ${codes.length} of ${of} peers` : `on ${interfaceName}`;
  outbox.complain(now, { what: `send ${config.name} ${what} ${errno}` }, () => ({
    level: reached > 0 ? "warn" : "error",
    code: "send-failed",
    router: router.id,
    message: `(${config.name}) sending ${SENT[what]} ${where} failed: ${errno}`,
    facts: { what, errno: errno!, reached, interface: interfaceName },
  }));
}
