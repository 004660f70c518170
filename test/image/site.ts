/** Two nodes of a cluster and a client on one LAN, as the specification's Deployment finds them. */
import type { Test } from "tap";
import { type Capture, createLan, type Host, type HostProcess, type Lan, until } from "../netns/index.js";
import { Container, type ContainerOptions } from "./container.js";
import type { Image } from "./image.js";
import { containerOf, type Environment, environmentOf, readManifest, SPECIFICATION } from "./manifests.js";

export const SPECIFIED = containerOf(readManifest(SPECIFICATION));
export const SPECIFIED_ENVIRONMENT: Environment = environmentOf(SPECIFIED);
/** What the Deployment's OPENSHIFT_HA_VIRTUAL_IPS means. */
export const VIPS = ["1.1.1.1", "1.1.1.2"] as const;
export const NODES = ["a", "b"] as const;
export const SERVICE_PORT = SPECIFIED_ENVIRONMENT.OPENSHIFT_HA_MONITOR_PORT!;
const INTERFACE = SPECIFIED_ENVIRONMENT.OPENSHIFT_HA_NETWORK_INTERFACE!;
const ANSWER_TIMEOUT_MS = 60_000;

/** The ConfigMap's script, in the original's manner: bash, and a program that the image has to bring. */
export const CHECK_SCRIPT = `#!/bin/bash
exec curl --silent --fail --max-time 1 --output /dev/null http://127.0.0.1:${SERVICE_PORT}/
`;
const CONFIG_VOLUME = "/run/config-volume";
/** Answers with the node's name. */
const SERVICE = `
require("node:http").createServer((_, answer) => answer.end(require("node:os").hostname()))
  .listen(${SERVICE_PORT}, () => console.log("ready"));
`;
/** With the address as its argument. */
const QUESTION = `
fetch("http://" + process.argv[1] + ":${SERVICE_PORT}/", { signal: AbortSignal.timeout(1000) })
  .then((answer) => answer.text()).then((text) => process.stdout.write(text), () => {});
`;

export class Site {
  private constructor(
    readonly lan: Lan,
    readonly capture: Capture,
    private readonly image: Image,
  ) {}

  static async create(t: Test, image: Image): Promise<Site> {
    const lan = await createLan({
      interface: INTERFACE,
      hosts: {
        a: { addresses: ["192.0.2.40/24"] },
        b: { addresses: ["192.0.2.41/24"] },
        client: { addresses: ["192.0.2.99/24"] },
      },
    });
    t.teardown(() => lan.destroy());
    await lan.host("client").ok(["ip", "route", "add", "1.1.1.0/24", "dev", INTERFACE]);
    const site = new Site(lan, await lan.capture(), image);
    for (const node of NODES) await site.mountConfig(node, CHECK_SCRIPT);
    return site;
  }

  host(name: string): Host {
    return this.lan.host(name);
  }

  /** A ConfigMap's volume: the file leads through two links to a folder that is replaced as a whole. */
  async mountConfig(node: string, script: string): Promise<void> {
    const name = SPECIFIED_ENVIRONMENT.OPENSHIFT_HA_CHECK_SCRIPT!.split("/").at(-1)!;
    await this.host(node).writeFile(`${CONFIG_VOLUME}/version-1/${name}`, script, 0o755);
    const links = `cd ${CONFIG_VOLUME} && ln -sfn version-1 ..data && ln -sf ..data/${name} ${name}`;
    await this.host(node).ok(["sh", "-c", links]);
  }

  /** What the VIPs are for: a NodePort's listener, as far as the node itself is concerned. */
  async serve(node: string): Promise<HostProcess> {
    const service = this.host(node).start([process.execPath, "-e", SERVICE], { name: "service" });
    await service.waitForLine(/ready/);
    return service;
  }

  /** @param options image: another than the site's; volumes: beside /etc/keepalive */
  start(node: string, options: Partial<ContainerOptions> & { readonly image?: Image } = {}): Container {
    const volumes = [[CONFIG_VOLUME, "/etc/keepalive"] as const, ...(options.volumes ?? [])];
    const image = options.image ?? this.image;
    return new Container(this.host(node), image, { env: SPECIFIED_ENVIRONMENT, ...options, volumes });
  }

  /** Returns when the log says so for both instances. `after`: only lines from this one on. */
  async untilBoth(container: Container, state: string): Promise<void> {
    for (const instance of ["1", "2"]) {
      await container.process.waitForLine(new RegExp(`_VIP_${instance}\\) Entering ${state} STATE`), {
        timeoutMs: ANSWER_TIMEOUT_MS,
      });
    }
  }

  /** Returns, with its node, when exactly one node has the address in its kernel. */
  untilHeld(address: string, among: readonly string[] = NODES): Promise<string> {
    return until(
      async () => {
        const held = await Promise.all(NODES.map((node) => this.host(node).hasAddress(address)));
        const holders = NODES.filter((_, index) => held[index]);
        return holders.length === 1 && among.includes(holders[0]!) ? holders[0] : null;
      },
      { what: `${address} on one of ${among.join(", ")} alone`, timeoutMs: ANSWER_TIMEOUT_MS },
    );
  }

  /** Returns when the client gets an answer of the service behind the address. */
  async untilServed(address: string): Promise<void> {
    const ask = [process.execPath, "-e", QUESTION, address];
    await until(async () => (await this.host("client").run(ask)).stdout !== "", {
      what: `an answer at ${address}`,
      timeoutMs: ANSWER_TIMEOUT_MS,
    });
  }
}
