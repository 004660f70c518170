import { formatAddress, formatAddressAttrs, formatLink, formatRoute } from "netlink/dist/rt/gen_structs.js";
import { AttrStream, putU32 } from "netlink/dist/structs.js";
import t from "tap";
import { decodeAddress, decodeDefaultRoute, decodeLink } from "../../../src/host/netlink/decode.js";

const AF_INET = 2;
const AF_INET6 = 10;
const IFA_FLAGS = 8;
const RTA_OIF = 4;
const RTA_TABLE = 15;
const LOCAL = Buffer.from([192, 0, 2, 1]);

function stream(fill: (out: AttrStream) => void): Buffer {
  const out = new AttrStream();
  fill(out);
  return Buffer.concat(out.bufs);
}

t.test("an address: the far end of a point-to-point link is not it", async (t) => {
  const data = stream((out) => {
    out.emit(formatAddress({ family: AF_INET, prefixlen: 32, index: 3 }));
    out.emit(formatAddressAttrs({ address: Buffer.from([192, 0, 2, 99]), local: LOCAL }));
  });
  const decoded = decodeAddress(data);
  t.match(decoded, { interfaceIndex: 3, address: { prefixLength: 32, address: { text: "192.0.2.1" } } });
});

t.test("all 32 bits of flags stand above the header's eight", async (t) => {
  const data = stream((out) => {
    out.emit(formatAddress({ family: AF_INET6, prefixlen: 64, index: 3, flags: { tentative: true } }));
    out.emit(formatAddressAttrs({ address: Buffer.alloc(16, 1) }));
    out.push(IFA_FLAGS, putU32(0x200));
  });
  t.match(decodeAddress(data), { address: { tentative: false, secondary: false } });
});

t.test("another family's address is passed over", async (t) => {
  t.equal(decodeAddress(stream((out) => out.emit(formatAddress({ family: 7 })))), null);
});

t.test(
  "a route of another table, to another place, or without an interface is not the default route",
  async (t) => {
    const route = (header: Parameters<typeof formatRoute>[0], fill: (out: AttrStream) => void = () => {}) =>
      decodeDefaultRoute(
        stream((out) => {
          out.emit(formatRoute({ family: AF_INET, table: 254, type: "UNICAST", ...header }));
          fill(out);
        }),
      );
    const oif = (out: AttrStream) => out.push(RTA_OIF, putU32(3));
    t.same(route({}, oif), { interfaceIndex: 3, metric: 0, source: null });
    t.equal(route({ table: 77 }, oif), null);
    t.equal(
      route({}, (out) => {
        oif(out);
        out.push(RTA_TABLE, putU32(1000));
      }),
      null,
    );
    t.equal(route({ dstLen: 24 }, oif), null);
    t.equal(route({ type: "BLACKHOLE" }, oif), null);
    t.equal(route({ family: AF_INET6 }, oif), null);
    t.equal(route({}), null);
  },
);

t.test("what is not well-formed throws", async (t) => {
  t.throws(() => decodeAddress(Buffer.alloc(4)));
  t.throws(() => decodeAddress(stream((out) => out.emit(formatAddress({ family: AF_INET })))), "no address");
  t.throws(() => decodeLink(Buffer.alloc(4)));
  const cutOff = stream((out) => {
    out.emit(formatLink({ index: 3 }));
    out.emit(Buffer.from([9, 0, 3, 0]));
  });
  t.throws(() => decodeLink(cutOff));
});

t.test("a link that has neither name nor MAC address", async (t) => {
  const data = stream((out) => out.emit(formatLink({ index: 3, flags: { up: true, lowerUp: true } })));
  t.match(decodeLink(data), {
    index: 3,
    family: 0,
    name: null,
    up: true,
    carrier: true,
    mac: null,
    mtu: null,
  });
});
