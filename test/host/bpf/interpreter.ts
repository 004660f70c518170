/** Runs a classic BPF program as the kernel does (Linux, Documentation/networking/filter.rst): the part that is used. */

export interface Seen {
  /** What a socket gets, which offsets count from. */
  readonly data: Uint8Array;
  /** From the network header on, for offsets below zero; the same as `data` when left out. */
  readonly network?: Uint8Array;
}

const FROM_NETWORK_HEADER = 0xfff0_0000;
const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** How much of the packet is let through. */
export function run(program: Uint8Array, { data, network = data }: Seen): number {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  let [a, x] = [0, 0];
  /** null: beyond the packet, which ends the program with 0. */
  const load = (offset: number, size: 1 | 2 | 4): number | null => {
    const [bytes, at] =
      offset >= FROM_NETWORK_HEADER ? [network, offset - FROM_NETWORK_HEADER] : [data, offset];
    if (at + size > bytes.length) return null;
    let value = 0;
    for (let index = 0; index < size; index += 1) value = value * 256 + bytes[at + index]!;
    return value;
  };
  for (let pc = 0; ; pc += 1) {
    const at = pc * 8;
    if (at >= program.length) throw new Error("the program runs off its end");
    const code = view.getUint16(at, little);
    const [jt, jf, k] = [view.getUint8(at + 2), view.getUint8(at + 3), view.getUint32(at + 4, little)];
    const branch = (holds: boolean) => {
      pc += holds ? jt : jf;
    };
    const loads: Record<number, () => number | null> = {
      32: () => load(k, 4),
      40: () => load(k, 2),
      48: () => load(k, 1),
      64: () => load((x + k) >>> 0, 4),
      80: () => load((x + k) >>> 0, 1),
    };
    const loaded = loads[code];
    if (loaded !== undefined) {
      const value = loaded();
      if (value === null) return 0;
      a = value;
      continue;
    }
    switch (code) {
      case 0x80:
        a = data.length;
        break;
      case 0xb1: {
        const value = load(k, 1);
        if (value === null) return 0;
        x = (value & 15) * 4;
        break;
      }
      case 0x07:
        x = a;
        break;
      case 0x04:
        a = (a + k) >>> 0;
        break;
      case 0x0c:
        a = (a + x) >>> 0;
        break;
      case 0x1c:
        a = (a - x) >>> 0;
        break;
      case 0x64:
        a = (a << k) >>> 0;
        break;
      case 0x05:
        pc += k;
        break;
      case 0x15:
        branch(a === k);
        break;
      case 0x1d:
        branch(a === x);
        break;
      case 0x25:
        branch(a > k);
        break;
      case 0x35:
        branch(a >= k);
        break;
      case 0x45:
        branch((a & k) !== 0);
        break;
      case 0x06:
        return k;
      default:
        throw new Error(`no such instruction: ${code}`);
    }
  }
}
