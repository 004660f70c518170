/** A dump's source made of a file, of a host that has what it names, and of a core that has just begun. */
import { plan } from "../../../src/config/index.js";
import { Core } from "../../../src/core/core.js";
import type { DumpSource } from "../../../src/daemon/dumps/source.js";
import { groupDocuments, instanceDocuments } from "../../../src/daemon/status/document.js";
import { readText } from "../../config/keepalived/support.js";
import { FIRST_LOOK, host } from "../../config/support.js";

const FACTS = host({ ens3: ["192.0.2.10/24", "fe80::10/64"], eth1: ["198.51.100.10/24"] });

/** @param text of a keepalived.conf */
export function sourceOf(text: string): DumpSource {
  const intent = readText(text);
  const planned = plan(intent, FACTS, FIRST_LOOK);
  const core = new Core(0, planned.core);
  return {
    intent,
    plan: planned,
    instances: instanceDocuments(core, (router) => planned.routers.get(router)!.config),
    groups: groupDocuments(core, (router) => planned.routers.get(router)!.config),
    interfaces: FACTS.interfaces,
    scripts: [],
    host: "r1",
    countOf: () => null,
    isRunning: () => false,
    idsOf: () => ({ uid: 0, gid: 0 }),
  };
}

/** Enough of an instance; what stands in `lines` comes after it. */
export function instanceText(name: string, id: number, lines = ""): string {
  const vip = lines.includes("virtual_ipaddress") ? "" : `virtual_ipaddress {\n192.0.2.${id}\n}`;
  return `vrrp_instance ${name} {\ninterface ens3\nvirtual_router_id ${id}\n${vip}\n${lines}\n}\n`;
}
