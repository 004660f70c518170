import t from "tap";
import {
  addWords,
  checksumOf,
  internetChecksum,
  ipv4PseudoHeaderSum,
  ipv6PseudoHeaderSum,
} from "../../src/wire/checksum.js";
import { checksumInPlace, checksumIsRemainder } from "../properties/headers.js";
import { holds } from "../properties/property.js";
import { address, hex } from "./support.js";

t.test("the example of RFC 1071 §3", async (t) => {
  const bytes = hex("0001 f203 f4f5 f6f7");
  t.equal(addWords(0, bytes, 0, bytes.length), 0x2ddf0);
  t.equal(internetChecksum(bytes), 0x220d);
});

t.test("known sums", async (t) => {
  t.equal(internetChecksum(hex("")), 0xffff, "of nothing");
  t.equal(internetChecksum(hex("ffff")), 0);
  t.equal(internetChecksum(hex("ffff 0001")), 0xfffe, "the carry comes round");
  t.equal(internetChecksum(hex("ffff ffff 0001")), 0xfffe, "and the carry of that");
  t.equal(internetChecksum(hex("ab")), 0x54ff, "an odd byte is the high half of a word");
  t.equal(internetChecksum(hex("0102 03")), 0xfbfd);
});

t.test("only the range that was asked for is summed", async (t) => {
  const bytes = hex("ffff 0102 0304 ffff");
  t.equal(internetChecksum(bytes, 2, 6), internetChecksum(hex("0102 0304")));
  t.equal(internetChecksum(bytes, 3, 5), internetChecksum(hex("0203")), "at an odd offset");
});

t.test("a sum begins at what was summed before", async (t) => {
  const whole = hex("0102 0304 0506");
  t.equal(internetChecksum(whole, 4, 6, addWords(0, whole, 0, 4)), internetChecksum(whole));
});

t.test("[5.2.8-3 +] pseudo-headers equal the sum of their bytes", async (t) => {
  const ipv4 = hex("c0000201 e0000012 00 70 000c");
  t.equal(
    checksumOf(ipv4PseudoHeaderSum(address("192.0.2.1").bytes, address("224.0.0.18").bytes, 112, 12)),
    internetChecksum(ipv4),
  );
  const ipv6 = hex("fe800000000000000000000000000001 ff020000000000000000000000000012 00010018 000000 70");
  t.equal(
    checksumOf(ipv6PseudoHeaderSum(address("fe80::1").bytes, address("ff02::12").bytes, 112, 0x10018)),
    internetChecksum(ipv6),
    "with a length beyond 16 bits",
  );
});

t.test("[5.2.8-1 +-] a message with its checksum in place is right, and wrong with any other", async (t) =>
  holds(t, checksumInPlace),
);

t.test("it is the remainder modulo 65535, as numbers of any size have it", async (t) =>
  holds(t, checksumIsRemainder),
);
