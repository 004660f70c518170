/** What the daemon on a host says of itself. */
import { ask, SOCKET_FOLDER, theOnlySocket } from "../../src/daemon/control/client.js";
import type { StatusDocument } from "../../src/daemon/status/types.js";
import type { Host } from "../netns/index.js";

/**
 * What `vrrpd status --json` prints there, without a process for each question. Throws where no daemon answers.
 * @param socket left out: the only one
 */
export async function statusOf(host: Host, socket?: string): Promise<StatusDocument> {
  const path = socket === undefined ? await theOnlySocket(host.pathOf(SOCKET_FOLDER)) : host.pathOf(socket);
  return (await ask(path, "status")) as StatusDocument;
}
