/** `vrrpd status`: who holds the addresses here, since when, why, and what is wrong. */
import { ExitCode } from "../base/errors.js";
import { askStatus, socketPath, viewOf } from "./daemon-status.js";
import { statusView } from "./view/status-view.js";
import { watch } from "./watch.js";

export interface StatusOptions {
  readonly json: boolean;
  readonly socket: string | null;
  readonly watch: boolean;
}

/** Throws VrrpdError where no daemon answers. `--watch` ends with a signal. */
export async function status(options: StatusOptions, print: (text: string) => ExitCode): Promise<ExitCode> {
  const show = async () => {
    const document = await askStatus(socketPath(options.socket));
    if (!options.json) return statusView(document, viewOf());
    return options.watch ? JSON.stringify(document) : JSON.stringify(document, null, 2);
  };
  if (!options.watch) return print(await show());
  await watch(show, print);
  return ExitCode.ok;
}
