/** The pcap file format (draft-ietf-opsawg-pcap), read as it streams in. */

export interface PcapRecord {
  /** Wall clock, in whole microseconds. */
  readonly atMicros: number;
  /** As captured; shares memory with the chunk that it came in. */
  readonly frame: Uint8Array;
}

const FILE_HEADER_LENGTH = 24;
const RECORD_HEADER_LENGTH = 16;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const LINK_TYPE_ETHERNET = 1;

export class PcapReader {
  private pending: Buffer = Buffer.alloc(0);
  private format: { littleEndian: boolean; fractionsInMicro: number } | null = null;

  /** The records that are complete with this chunk. Throws RangeError when it is no pcap of Ethernet frames. */
  push(chunk: Buffer): PcapRecord[] {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const records: PcapRecord[] = [];
    let offset = 0;
    if (this.format === null) {
      if (this.pending.length < FILE_HEADER_LENGTH) return records;
      this.format = readFileHeader(this.pending);
      offset = FILE_HEADER_LENGTH;
    }
    for (;;) {
      if (this.pending.length < offset + RECORD_HEADER_LENGTH) break;
      const end = offset + RECORD_HEADER_LENGTH + this.uint32(offset + 8);
      if (this.pending.length < end) break;
      const fraction = Math.floor(this.uint32(offset + 4) / this.format.fractionsInMicro);
      const frame = this.pending.subarray(offset + RECORD_HEADER_LENGTH, end);
      records.push({ atMicros: this.uint32(offset) * 1_000_000 + fraction, frame });
      offset = end;
    }
    this.pending = this.pending.subarray(offset);
    return records;
  }

  private uint32(offset: number): number {
    return this.format!.littleEndian ? this.pending.readUInt32LE(offset) : this.pending.readUInt32BE(offset);
  }
}

function readFileHeader(header: Buffer): { littleEndian: boolean; fractionsInMicro: number } {
  for (const littleEndian of [true, false]) {
    const at = (offset: number) => (littleEndian ? header.readUInt32LE(offset) : header.readUInt32BE(offset));
    const magic = at(0);
    if (magic !== MAGIC_MICROSECONDS && magic !== MAGIC_NANOSECONDS) continue;
    if ((at(20) & 0xffff) !== LINK_TYPE_ETHERNET)
      throw new RangeError(`pcap link type ${at(20)}: Ethernet is accepted`);
    return { littleEndian, fractionsInMicro: magic === MAGIC_NANOSECONDS ? 1000 : 1 };
  }
  throw new RangeError(`not a pcap file: it begins with ${header.subarray(0, 4).toString("hex")}`);
}
