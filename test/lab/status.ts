/** What the daemon on a host says of itself. */
import { ask, SOCKET_FOLDER, theOnlySocket } from "../../src/daemon/control/client.js";
import type { StatusDocument } from "../../src/daemon/status/types.js";
import type { Host } from "../netns/index.js";

/** What `vrrpd status --json` prints there, without a process for each question. Throws where no daemon answers. */
export async function statusOf(host: Host): Promise<StatusDocument> {
  return (await ask(theOnlySocket(host.pathOf(SOCKET_FOLDER)), "status")) as StatusDocument;
}
