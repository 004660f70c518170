import t from "tap";
import { addressFromBytes } from "../../src/base/address.js";
import { addressAt, rememberedAddresses } from "../../src/wire/address-cache.js";
import { address, altered, hex } from "./support.js";

t.test("addresses are read at their offset", async (t) => {
  t.strictSame(addressAt(hex("ff c000020a ff"), 1, 4), address("192.0.2.10"));
  const bytes = hex("ff 20010db8000000000000000000000010 ff");
  t.strictSame(addressAt(bytes, 1, 16), address("2001:db8::10"));
});

const SAMPLES = [hex("c0000214"), hex("20010db8000000000000000000000020")];

for (const sample of SAMPLES) {
  const length = sample.length as 4 | 16;

  t.test(`an address of ${length} bytes is made once, and keeps nothing of the buffer`, async (t) => {
    const bytes = Uint8Array.from(sample);
    const first = addressAt(bytes, 0, length);
    t.equal(addressAt(sample, 0, length), first);
    bytes.fill(0);
    t.strictSame(first, addressFromBytes(sample));
  });

  t.test(`each of the ${length} bytes tells addresses apart`, async (t) => {
    const seen = new Set([addressAt(sample, 0, length).text]);
    for (let offset = 0; offset < length; offset++) {
      const other = altered(sample, { [offset]: sample[offset]! ^ 0xff });
      const found = addressAt(other, 0, length);
      t.strictSame(found, addressFromBytes(other));
      seen.add(found.text);
    }
    t.equal(seen.size, length + 1);
  });
}

t.test("a flood of forged addresses does not take memory without end", async (t) => {
  const bytes = hex("20010db8000000000000000000000000");
  const view = new DataView(bytes.buffer);
  let most = 0;
  for (let n = 0; n < 10_000; n++) {
    view.setUint32(12, n);
    addressAt(bytes, 0, 16);
    most = Math.max(most, rememberedAddresses());
  }
  t.equal(most, 4096);
  t.strictSame(addressAt(bytes, 0, 16), addressFromBytes(bytes), "and it goes on to work");
});
