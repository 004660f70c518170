/** Two hosts on a cable: the test's namespace with `eth0`, and a peer process's with `peer0`. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { VirtualRouterConfig } from "../../../src/core/config.js";
import { type RouterOverrides, routerConfig } from "../../core/configurations.js";
import { until } from "../../netns/until.js";
import { addPair, ip } from "../netlink/support.js";
import type { PeerReport, PeerRequest } from "./peer.js";

export const GROUP = { ipv4: "224.0.0.18", ipv6: "ff02::12" } as const;

type Reported<T extends PeerReport["type"]> = Extract<PeerReport, { type: T }>;

export class Peer {
  readonly packets: Reported<"packet">[] = [];
  readonly frames: Buffer[] = [];
  #done = 0;
  #result = 0;
  #ready = false;
  readonly #child = spawn(
    "unshare",
    [
      "--net",
      "--",
      process.execPath,
      ...process.execArgv,
      fileURLToPath(new URL("./peer.ts", import.meta.url)),
    ],
    { stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );

  constructor() {
    this.#child.on("message", (report: PeerReport) => {
      if (report.type === "ready") this.#ready = true;
      else if (report.type === "packet") this.packets.push(report);
      else if (report.type === "frame") this.frames.push(Buffer.from(report.bytes, "hex"));
      else {
        this.#done += 1;
        this.#result = report.result;
      }
    });
  }

  /** Returns when the peer has started and the cable between both is up; 192.0.2.1 here, 192.0.2.2 there. */
  async connect(): Promise<void> {
    await until(() => this.#ready, { what: "the peer", timeoutMs: 30_000 });
    addPair("eth0", "peer0");
    ip("address add 192.0.2.1/24 dev eth0");
    ip("address add fe80::1/64 dev eth0");
    ip(`link set peer0 netns ${this.#child.pid}`);
    const commands = ["link set lo up", "link set peer0 addrgenmode none up"];
    const addresses = ["address add 192.0.2.2/24 dev peer0", "address add fe80::2/64 dev peer0 nodad"];
    await this.request({ ip: [...commands, ...addresses] });
  }

  /** 0, or the negated errno of what was sent. */
  async request(request: PeerRequest): Promise<number> {
    const before = this.#done;
    this.#child.send(request);
    await until(() => this.#done > before, { what: "the peer's answer" });
    return this.#result;
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Virtual router 7, with two addresses unless it says others. */
export function router(more: RouterOverrides): VirtualRouterConfig {
  const virtualAddresses = ["198.51.100.1", "198.51.100.2"];
  return routerConfig({ name: "test", virtualRouterId: 7, virtualAddresses, ...more });
}
