import t from "tap";
import { AddressIndex } from "../../src/wire/address-index.js";
import { address, altered, hex } from "./support.js";

const OURS = ["192.0.2.10", "192.0.2.11", "2001:db8::10"].map(address);
const index = new AddressIndex([...OURS, address("192.0.2.10")]);

t.test("an address that is ours is found at its offset", async (t) => {
  t.equal(index.size, 3, "each counts once");
  t.same(index.find(hex("ff c000020a ff"), 1, 4), OURS[0]);
  t.equal(index.find(hex("ff 20010db8000000000000000000000010 ff"), 1, 16), OURS[2]);
  t.equal(index.find(hex("ff c000020c ff"), 1, 4), null);
});

for (const ours of OURS) {
  t.test(`each byte tells another address from ${ours.text}`, async (t) => {
    const length = ours.bytes.length as 4 | 16;
    for (let offset = 0; offset < length; offset += 1) {
      const other = altered(ours.bytes, { [offset]: ours.bytes[offset]! ^ 0x80 });
      t.equal(index.find(other, 0, length), null);
    }
  });
}

t.test("the first bytes of a long address are no short one", async (t) => {
  const mixed = new AddressIndex([address("2001:db8::")]);
  t.equal(mixed.find(hex("20010db8"), 0, 4), null);
});
