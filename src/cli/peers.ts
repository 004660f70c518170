/** `vrrpd peers`: every speaker heard on our ids, and on others on our interfaces. */
import type { ExitCode } from "../base/errors.js";
import { askStatus, socketPath, viewOf } from "./daemon-status.js";
import { peersView } from "./view/peers-view.js";

export interface PeersOptions {
  readonly json: boolean;
  readonly socket: string | null;
}

/** Throws VrrpdError where no daemon answers. */
export async function peers(options: PeersOptions, print: (text: string) => ExitCode): Promise<ExitCode> {
  const status = await askStatus(socketPath(options.socket));
  if (!options.json) return print(peersView(status, viewOf()));
  const instances = status.instances.map(({ name, virtualRouterId, speakers, refusals }) => {
    return { name, virtualRouterId, speakers, refusals };
  });
  const { at, foreignSpeakers } = status;
  return print(JSON.stringify({ at, instances, foreignSpeakers }, null, 2));
}
