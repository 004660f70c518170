import { spawn } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { peerCredentials } from "../../src/host/native.js";

const NOBODY = 4_294_967_295;
/** As whom another process connects; in a namespace of users there is one user alone. */
const other = process.getuid!() === 0 ? 65_533 : null;

const fdOf = (socket: object) => (socket as { _handle: { fd: number } })._handle.fd;

t.test("the other end of a connection is known by process, user and group", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-peer-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const server = createServer();
  t.teardown(() => server.close());
  process.chdir(folder);
  await new Promise<void>((resolve) => server.listen("s", resolve));
  t.same(peerCredentials(fdOf(server)), ownOf(process.pid), "of a listener: who listens");

  const program = `use Socket; $| = 1; socket(my $s, AF_UNIX, SOCK_STREAM, 0); chdir $ARGV[0]; connect($s, pack_sockaddr_un("s")) or die $!;
    if ($ARGV[1]) { $) = $( = $ARGV[1]; $> = $< = $ARGV[1]; } print "connected\\n"; <STDIN>;`;
  const child = spawn("perl", ["-e", program, folder, other === null ? "" : String(other)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.teardown(() => child.stdin.end());
  const connection = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const socket = await connection;
  t.teardown(() => socket.destroy());
  t.same(peerCredentials(fdOf(socket)), ownOf(child.pid!), "what it was when it connected");
});

function ownOf(pid: number) {
  return { pid, uid: process.geteuid!(), gid: process.getegid!() };
}

t.test("what is no connection of this kind says so", async (t) => {
  t.throws(() => peerCredentials(openSync("/dev/null", "r")), {
    code: "ENOTSOCK",
    syscall: "getsockopt SO_PEERCRED",
  });
  t.throws(() => peerCredentials(1_000_000), { code: "EBADF" });
  const tcp = createServer();
  await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
  t.same(peerCredentials(fdOf(tcp)), { pid: 0, uid: NOBODY, gid: NOBODY });
  tcp.close();
});
