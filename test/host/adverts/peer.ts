/**
 * The other end of the cable, in a network namespace of its own: opens an advert socket, tells its parent of every
 * packet that arrives, and sends what it is told to.
 */
import { openAdvertSocket } from "../../../src/host/adverts/open.js";
import { PacketSocket } from "../../../src/host/native.js";
import { VRRP_GROUPS } from "../../../src/wire/vrrp.js";
import { indexOf, ip } from "../netlink/support.js";

/** What the parent asks for; packets in hexadecimal. */
export interface PeerRequest {
  readonly open?: { readonly family: "ipv4" | "ipv6" };
  readonly send?: { readonly packets: readonly string[]; readonly destination: string };
  readonly ip?: readonly string[];
}

/** What the parent is told: a packet that the socket handed over, or a frame with the IP packet as it arrived. */
export type PeerReport =
  | { readonly type: "ready" }
  | { readonly type: "done"; readonly result: number }
  | {
      readonly type: "packet";
      readonly message: string;
      readonly source: string;
      readonly destination: string;
      readonly ttl: number;
    }
  | { readonly type: "frame"; readonly bytes: string };

const NAME = "peer0";
const VRRP = 112;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const report = (message: PeerReport) => process.send!(message);
const open = new Map<string, ReturnType<typeof openAdvertSocket>>();

process.on("message", ({ open: wanted, send, ip: commands }: PeerRequest) => {
  let result = 0;
  for (const words of commands ?? []) ip(words);
  if (wanted !== undefined) openSocket(wanted.family);
  if (send !== undefined) {
    const socket = open.get(send.destination.includes(":") ? "ipv6" : "ipv4")!;
    for (const packet of send.packets) result ||= socket.send(Buffer.from(packet, "hex"), send.destination);
  }
  report({ type: "done", result });
});
process.on("disconnect", () => process.exit());

function openSocket(family: "ipv4" | "ipv6"): void {
  const socket = openAdvertSocket({
    interface: NAME,
    interfaceIndex: indexOf(NAME),
    family,
    groups: [VRRP_GROUPS[family]],
    meant: null,
    onPacket: (message, { source, destination, ttl }) => {
      const ends = { source: hex(source), destination: hex(destination) };
      report({ type: "packet", message: hex(message), ...ends, ttl });
      return null;
    },
    onDrop: (reason) => {
      throw new Error(`dropped: ${reason}`);
    },
    onError: (code) => {
      throw new Error(`receiving failed: ${code}`);
    },
  });
  open.set(family, socket);
  watchFrames(family === "ipv4" ? 0x0800 : 0x86dd, family === "ipv4" ? 14 + 9 : 14 + 6);
}

/** Reports the frames of one ether type whose protocol field is VRRP's. */
function watchFrames(etherType: number, protocolOffset: number): void {
  const buffer = Buffer.alloc(2048);
  const frames = new PacketSocket({
    interfaceIndex: indexOf(NAME),
    etherType,
    onReadable: () => {
      for (let bytes = frames.receive(buffer); bytes > 0; bytes = frames.receive(buffer)) {
        const frame = buffer.subarray(0, bytes);
        if (frame[protocolOffset] === VRRP) report({ type: "frame", bytes: hex(frame) });
      }
    },
  });
}

report({ type: "ready" });
