import { constants } from "node:os";
import t from "tap";
import { negatedErrno } from "../../../src/host/adverts/strerror.js";

t.test("texts of glibc and musl, and an unknown one", async (t) => {
  t.equal(negatedErrno("Resource temporarily unavailable"), -constants.errno.EAGAIN);
  t.equal(negatedErrno("Network is unreachable"), -constants.errno.ENETUNREACH);
  t.equal(negatedErrno("Network unreachable"), -constants.errno.ENETUNREACH);
  t.equal(negatedErrno("Strange new error"), -constants.errno.EIO);
});
