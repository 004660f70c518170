import t from "tap";
import { PcapReader } from "./pcap.js";

function fileHeader(magic: number, big: boolean, linkType = 1): Buffer {
  const header = Buffer.alloc(24);
  for (const [value, at] of [
    [magic, 0],
    [linkType, 20],
  ] as const) {
    if (big) header.writeUInt32BE(value, at);
    else header.writeUInt32LE(value, at);
  }
  return header;
}

function record(seconds: number, fraction: number, frame: Buffer, big: boolean): Buffer {
  const header = Buffer.alloc(16);
  for (const [index, value] of [seconds, fraction, frame.length, frame.length + 9].entries()) {
    if (big) header.writeUInt32BE(value, index * 4);
    else header.writeUInt32LE(value, index * 4);
  }
  return Buffer.concat([header, frame]);
}

for (const big of [false, true]) {
  for (const [magic, fraction] of [
    [0xa1b2c3d4, 654_321],
    [0xa1b23c4d, 654_321_987],
  ] as const) {
    t.test(
      `reads ${magic.toString(16)}, ${big ? "big" : "little"}-endian, in whatever pieces it comes`,
      async (t) => {
        const frames = [Buffer.from("first"), Buffer.alloc(0), Buffer.from("the third")];
        const records = frames.map((frame, index) => record(4_000_000_000 + index, fraction, frame, big));
        const file = Buffer.concat([fileHeader(magic, big), ...records]);
        for (const size of [1, 7, 24, file.length]) {
          const reader = new PcapReader();
          const read = [];
          for (let at = 0; at < file.length; at += size)
            read.push(...reader.push(file.subarray(at, at + size)));
          t.strictSame(
            read.map((entry) => Buffer.from(entry.frame).toString()),
            ["first", "", "the third"],
          );
          t.equal(read[2]!.atMicros, 4_000_000_002_654_321, "whole microseconds");
        }
      },
    );
  }
}

t.test("refuses what is no pcap of Ethernet frames", async (t) => {
  t.throws(() => new PcapReader().push(Buffer.alloc(24, 7)), RangeError);
  t.throws(() => new PcapReader().push(fileHeader(0xa1b2c3d4, false, 113)), { message: /link type 113/ });
});
