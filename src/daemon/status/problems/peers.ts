/** Unicast peers of a master that do not answer at all: a backup is silent, too, but its host answers ARP. */
import type { StatusDocument } from "../types.js";
import type { Found } from "./found.js";

export function peerProblems({ instances }: Pick<StatusDocument, "instances">): Found[] {
  return instances.flatMap(({ name, interface: on, family, unreachablePeers }) =>
    unreachablePeers.map((peer): Found => {
      const asked = family === "ipv4" ? "ARP" : "Neighbor Discovery";
      return {
        severity: "warning",
        code: "peer-unreachable",
        instance: name,
        cause: peer,
        tell: () => ({
          text: `the unicast peer ${peer} does not answer ${asked} on ${on}, so none of our adverts reaches it`,
          action: `Look whether that node is up and has this address; else take ${peer} off the list of peers.`,
        }),
      };
    }),
  );
}
