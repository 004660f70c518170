/** `vrrpd why`: how each instance came to its state, and what comes next. */
import { type ExitCode, VrrpdError } from "../base/errors.js";
import type { InstanceDocument, StatusDocument } from "../daemon/status-document.js";
import { askStatus, socketPath, viewOf } from "./daemon-status.js";
import { whyView } from "./view/why-view.js";

export interface WhyOptions {
  readonly json: boolean;
  readonly socket: string | null;
  /** null: all. */
  readonly instance: string | null;
}

/** Throws VrrpdError where no daemon answers, and `EINSTANCE` where it has none of this name. */
export async function why(options: WhyOptions, print: (text: string) => ExitCode): Promise<ExitCode> {
  const document = await askStatus(socketPath(options.socket));
  const instances = choose(document, options.instance);
  if (options.json) return print(JSON.stringify({ at: document.at, instances }, null, 2));
  return print(whyView(document, instances, viewOf()));
}

function choose({ instances }: StatusDocument, name: string | null): readonly InstanceDocument[] {
  if (name === null) return instances;
  const found = instances.filter((instance) => instance.name === name);
  if (found.length > 0) return found;
  const known = instances.map((instance) => instance.name).join(", ");
  throw new VrrpdError("EINSTANCE", `there is no instance ${name}; there are: ${known}`);
}
