/** Inputs that have to be counted and reported, and must not change anything. */
import { macFromBytes } from "../../../src/base/mac.js";
import { hostAddress } from "../addresses.js";
import type { SimulatedHost } from "../host.js";
import { INTERFACE } from "../scenario.js";

export function makeNoise(machine: SimulatedHost, router: number): void {
  const { world, daemon } = machine;
  if (daemon === null) return;
  const { family } = world.scenario.routers[router]!;
  const id = world.names.idOf(router);
  const source = hostAddress(family, 77);
  daemon.tell("drop", { type: "drop", interface: INTERFACE, family, router: id, source, reason: "checksum" });
  daemon.tell("unclaimed", {
    type: "drop",
    interface: INTERFACE,
    family,
    router: null,
    source: null,
    reason: "truncated",
  });
  daemon.tell("foreign", {
    type: "foreignAdvert",
    interface: INTERFACE,
    family,
    source,
    advert: {
      version: 3,
      virtualRouterId: 255,
      priority: 254,
      advertIntervalMicros: 1_000_000,
      // Not ours: under another id that would rightly hold the claim.
      addresses: [hostAddress(family, 78)],
      addressCount: 1,
      checksumForm: null,
      password: null,
    },
  });
  daemon.tell("send", { type: "sendFailed", router: id, what: "advert", codes: ["ENOBUFS"], reached: 1 });
  daemon.tell("conflict", {
    type: "addressConflict",
    router: id,
    address: world.names.keyOf(router, 0),
    mac: macFromBytes(Uint8Array.of(2, 9, 9, 9, 9, 9)),
  });
}
