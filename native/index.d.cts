/**
 * What Node and the npm packages cannot do, or do unsafely: thin system calls, no logic. TypeScript parses.
 * Every call is non-blocking. A failed system call of a constructor throws an Error with `code` ("EPERM", …);
 * calls on the hot path return the negated errno instead. Callbacks run in Node's callback scope. An argument of another
 * kind is a TypeError, a number out of its range a RangeError; nothing is converted, cut or left aside.
 */

/** CLOCK_BOOTTIME in whole microseconds: monotonic, and it counts the time that the machine was suspended. */
export function nowMicros(): number;

/** A one-shot timer with microsecond resolution (timerfd on CLOCK_BOOTTIME). Keeps the loop alive until closed. */
export class Timer {
  constructor(onExpire: () => void);
  /** Fires once at this point of the clock of `nowMicros`, at once if it has passed. Replaces an earlier arming. */
  arm(atMicros: number): void;
  disarm(): void;
  close(): void;
}

/** A netlink socket that survives an overrun. */
export class NetlinkSocket {
  /**
   * @param groups bit mask of RTMGRP_* to join, or of another protocol's groups; 0 for requests alone.
   * @param protocol left out: rtnetlink.
   * @param filter classic BPF, see `PacketSocket`; in force before anything can be received. Left out or null: none.
   * @param onReadable called when something can be read; null: the caller polls with `receive` (requests).
   */
  constructor(options: {
    groups: number;
    receiveBufferBytes: number;
    protocol?: number;
    filter?: Uint8Array | null;
    onReadable: (() => void) | null;
  });
  /**
   * This socket's port id, as it stands in the header of the answers to its requests and of the events that these
   * cause; but the kernel sends the events of IPv6 addresses with 0, whoever caused them.
   */
  readonly portId: number;
  /** Sends one datagram of one or more messages. The kernel has carried them out when this returns. 0, or -errno. */
  send(messages: Uint8Array): number;
  /**
   * Reads queued datagrams back to back into `buffer`, as many as fit and are there.
   * Returns the bytes read, 0 when nothing is queued, or -errno; -ENOBUFS (-105) says that messages were lost, and
   * -EMSGSIZE (-90) that one datagram did not fit (one of the kernel's takes up to 32 KiB). The socket goes on.
   */
  receive(buffer: Uint8Array): number;
  /**
   * Datagrams to a group that did not come from the kernel, and were dropped, at most 64 at a time; then `receive` returns
   * 0 although more may be queued. What others send to the port id the kernel refuses.
   */
  readonly foreignDatagrams: number;
  close(): void;
}

/** Link-layer frames on one interface (AF_PACKET, SOCK_RAW). */
export class PacketSocket {
  /**
   * @param options.etherType what to receive (0x0806 for ARP); 0: nothing, the socket only sends.
   * @param options.filter classic BPF (`struct sock_filter`, 8 bytes each, in the machine's byte order) that says which
   * frames are received; in force before the first one can be.
   */
  constructor(options: {
    interfaceIndex: number;
    etherType: number;
    filter?: Uint8Array | null;
    onReadable: (() => void) | null;
  });
  /**
   * Sends whole frames (Ethernet header included) in batches (sendmmsg, `MSG_DONTWAIT`).
   * Returns how many went out; fewer than given when the kernel refused one (`lastErrno` says why). At most 65536.
   */
  send(frames: readonly Uint8Array[]): number;
  readonly lastErrno: number;
  /**
   * Reads one frame: its length, 0 when nothing is queued, or -errno; -EMSGSIZE (-90): this frame did not fit,
   * -ENETDOWN (-100): the interface went down. The socket goes on.
   */
  receive(buffer: Uint8Array): number;
  close(): void;
}

/**
 * Receives packets of one IP protocol on one interface, many with one call (SOCK_RAW, recvmmsg). IPv4 packets come with
 * their header, IPv6 ones without (raw(7), ipv6(7)): there the kernel says source, destination and hop limit.
 */
export class RawReceiver {
  constructor(options: {
    family: "ipv4" | "ipv6";
    protocol: number;
    interfaceIndex: number;
    /**
     * 4 or 16 bytes each, at most 256: multicast groups to join on the interface. They do not filter: a raw socket also gets what is
     * sent to the interface's own addresses and, over IPv6, to groups that others have joined, so look at the destination.
     */
    groups: readonly Uint8Array[];
    /** Classic BPF, attached before the socket is bound; null or left out: everything comes in. See `setFilter`. */
    filter?: Uint8Array | null;
    /** Beyond the system's limit where that is permitted, else up to it. */
    receiveBufferBytes: number;
    /** How many packets one call reads at most (1 to 1024), and the room for each (1 to 65536). */
    slots: number;
    slotBytes: number;
    /** So long ago a packet may have arrived, in microseconds: what seems older counts as just arrived. Left out: any age. */
    mostAgeMicros?: number;
    /** How many packets it recognises, see `recognise` (0 to 4096); left out: none. */
    recognised?: number;
    /**
     * Packets as they come in on the interface (AF_PACKET), before IP looks at them: no group has to be joined, and none
     * is. The filter, which alone chooses them by their protocol, sees the IP header over IPv6 as well; what is read is
     * what another receiver reads.
     */
    ofLink?: boolean;
    onReadable: () => void;
  });
  /** How many packets were read (fewer than `slots`: the queue is empty now), or -errno. The socket goes on. */
  receive(): number;
  /** Slot after slot, `slotBytes` each; overwritten by the next call. So are the others. */
  readonly packets: Uint8Array;
  /** Of each packet; -EMSGSIZE (-90): it did not fit; -EALREADY (-114): it is counted in `repeats`. */
  readonly lengths: Int32Array;
  /**
   * Of each packet: when the kernel received it, as `nowMicros` tells the time. The time of the call where the wall clock
   * was set since the call before, and where that would be longer ago than `mostAgeMicros`.
   */
  readonly arrivedAt: Float64Array;
  /**
   * Of each packet: when the kernel received it, in nanoseconds of the wall clock, modulo 10^15; 0: it did not say. One
   * packet that several sockets get has the same in each of them.
   */
  readonly stamps: Float64Array;
  /** IPv6: of each packet; -1 when the kernel did not say. */
  readonly hopLimits: Int32Array;
  /** IPv6: source and destination of each packet, 16 bytes each. */
  readonly addresses: Uint8Array;
  /**
   * Packets like the one in this slot, header and ends included, are counted from now on. Returns its number; -1: there
   * is no room. The same speaker of the same virtual router has one number. When it says something else, nothing of it is
   * recognised until this is called again.
   */
  recognise(slot: number): number;
  /** Nothing is recognised any more; the numbers begin anew. */
  forget(): void;
  /** How often each was read again, by its number: whoever takes the count sets it to 0. */
  readonly repeats: Int32Array;
  /** When the kernel received the last of them, as `nowMicros` tells the time. */
  readonly repeatedAt: Float64Array;
  /** Stop and resume waking the loop; what arrives is queued by the kernel. */
  pause(paused: boolean): void;
  /**
   * Another program (`struct sock_filter`, 8 bytes each) in the place of the one before; what is queued stays. 0, or
   * -errno: -EINVAL (-22) for what is no program, -ENOMEM (-12) for one that is longer than the system allows.
   */
  setFilter(filter: Uint8Array): number;
  /** How many packets found no room since the socket was opened (modulo 2^32), or -errno. What the filter refuses is not in it. */
  readonly drops: number;
  close(): void;
}

/** Sends whole packets, IP header included (SOCK_RAW, IPPROTO_RAW); receives none. */
export class RawSender {
  constructor(family: "ipv4" | "ipv6");
  /** setsockopt(2), by number. Throws an Error with `code`. */
  setOption(level: number, option: number, value: Uint8Array): void;
  /** Never waits. 0, or -errno; -EINVAL (-22) where the destination is no address of the family. */
  send(packet: Uint8Array, destination: string): number;
  close(): void;
}

export interface SpawnOptions {
  /** Absolute path of the program. */
  file: string;
  /** Including argv[0]. */
  args: readonly string[];
  /** "NAME=value" each. */
  environment: readonly string[];
  /** True: stdout and stderr come through one pipe; false: they go to /dev/null. stdin is /dev/null. */
  captureOutput: boolean;
  /** Without any capability, and with none to be had (bounding set where CAP_SETPCAP permits, no_new_privs). */
  confined?: boolean;
  /** Whom it runs as: takes CAP_SETUID and CAP_SETGID. Left out or null: who runs this process. */
  identity?: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] } | null;
  /** The file is not run, only looked at: access(2) with this mode (X_OK = 1, R_OK = 4), as whom it would run as. */
  access?: number;
}

export interface SpawnedProcess {
  pid: number;
  /**
   * Non-blocking, close-on-exec; the caller owns it. -1 without `captureOutput`. When `onExit` is called all that the
   * program itself wrote can be read, up to EAGAIN: the end of file waits for whoever else still holds the pipe (what
   * the program left running, or another child for the moment in which it is being started).
   */
  outputFd: number;
}

/**
 * Starts a program in the folder /, on a thread of its own, in a process group of its own, with default signal
 * dispositions and an empty signal mask. `onStarted` is called with 0 and the process or, when it could not be started, the errno
 * (ENOEXEC = 8, ENOENT = 2, EACCES = 13 …). Then, if it was, `onExit` once, with its exit code or null and the number
 * of the signal that ended it or null; the process has been reaped by then. Both are null when somebody else reaped it.
 * An exec that hangs holds up nothing else, up to a thousand at once; beyond, they wait, and many thousands are refused
 * (EAGAIN, as where no thread or process is to be had). The function that is returned cancels the start: what has not begun
 * does not begin (ECANCELED), an exec that hangs ends by SIGKILL. Once the program runs it does nothing.
 */
export function spawn(
  options: SpawnOptions,
  onStarted: (errno: number, process: SpawnedProcess | null) => void,
  onExit: (exitCode: number | null, signal: number | null) => void,
): () => void;

export interface FoundUser {
  name: string;
  uid: number;
  gid: number;
  /** All groups, the user's own included (getgrouplist(3)). */
  groups: number[];
  home: string;
  shell: string;
}

/** A user of this host by name or by number; null: it knows none. Blocks, perhaps on the network (nsswitch.conf). */
export function findUser(user: string | number): FoundUser | null;

/** The number of a group; null: this host knows none of that name. Blocks like `findUser`. */
export function findGroup(name: string): number | null;

/** mkfifo(3), on a thread of libuv's pool. 0, or -errno; never rejects. */
export function makeFifo(path: string, mode: number): Promise<number>;

/** kill(2): `pid` negative for a process group. 0, or -errno; -EINVAL for 0 and -1, which mean more than one group. */
export function kill(pid: number, signal: number): number;

/** A named lock of this network namespace: an abstract Unix socket, held until closed or until the process ends. */
export class Lock {
  /** @param name without the leading NUL. Throws `EADDRINUSE` when somebody else holds it. */
  constructor(name: string);
  close(): void;
}
/** Whether somebody holds the lock of that name, or has bound the name in another way. */
export function isLockTaken(name: string): boolean;
/**
 * Who listens on the name, by SO_PEERCRED; null when nobody does. `pid` is 0 when the holder is in a pid namespace that
 * is not visible from here. It leaves a connection in the holder's queue until that accepts it; throws `EAGAIN` when the
 * queue is full. So ask `socketOwners` first.
 */
export function lockHolder(name: string): { pid: number; uid: number } | null;

export interface SocketOwner {
  readonly name: string;
  /** Says whether it is still the same socket. */
  readonly inode: number;
  readonly listens: boolean;
  /** Of the user who made it, as this user namespace sees it; null: the kernel does not say (before Linux 5.3). */
  readonly uid: number | null;
}

/**
 * The stream sockets that carry one of these abstract names, without the leading NUL: whoever has bound it, and the
 * connections that the listener has accepted. By sock_diag(7), which goes through all Unix sockets of the network
 * namespace, and may miss one where others come and go meanwhile. Throws where the kernel does not offer it.
 */
export function socketOwners(names: readonly string[]): SocketOwner[];

/**
 * SCHED_RR with reset-on-fork for every thread of now. Under it the kernel counts, for each thread by itself, the CPU
 * time since that thread last slept (RLIMIT_RTTIME): at `warningMicros`, and then every second, it sends SIGXCPU, which
 * ends a process without a handler; at `endMicros`, which is not earlier, SIGKILL. Waiting for a processor does not count.
 * 0, or -errno.
 */
export function setRealtime(priority: number, warningMicros: number, endMicros: number): number;

/** The usual scheduling for every thread of now. 0, or -errno. */
export function endRealtime(): number;

/**
 * Reaps ended children that nobody waits for (orphans given to a PID 1, a subreaper). Returns how many. It knows those
 * of `spawn` and leaves them alone, but not those of node:child_process: their `exit` events would get lost.
 */
export function reapOrphans(): number;

/**
 * execve(2) of this process, with real-time signals and SIGUSR1 ignored in it (Node takes SIGUSR1 back when it starts).
 * Returns only where the kernel refuses: -errno.
 * @param args including argv[0]
 * @param environment "NAME=value" each
 */
export function replaceProcess(file: string, args: readonly string[], environment: readonly string[]): number;

/**
 * Takes the real-time signals, which end a process by default; closing it ignores them. `onSignal` is called with the
 * number after SIGRTMIN, once for any number of the same that came since the last call. One at a time in a process;
 * does not keep the loop alive.
 */
export class RealtimeSignals {
  constructor(onSignal: (afterMinimum: number) => void);
  close(): void;
}

/**
 * Takes over a listening TCP socket; `fd`, which would accept as well, is for the caller to close. A connection is handed out once its first
 * bytes are there, at most 31 a wake-up; of those that have said nothing 1024 are kept, the oldest goes first. Where no
 * descriptor is left it pauses, and works on. It does not keep the loop alive.
 */
export class TcpListener {
  /** @param onConnection gets a descriptor that is now the caller's. */
  constructor(fd: number, onConnection: (fd: number) => void);
  close(): void;
}

/**
 * Who is at the other end of a connected Unix stream socket, as of the moment in which that one connected, by SO_PEERCRED;
 * a user or group that this user namespace does not know is 65534. Throws `EBADF`, `ENOTSOCK`. Of a socket that has no
 * other end `pid` is 0, and `uid` and `gid` are 4294967295.
 */
export function peerCredentials(fd: number): { pid: number; uid: number; gid: number };

/**
 * The beginning of each file, at most `mostBytes` (up to 1048576) of it, read one after the other on a thread of its own,
 * which may hang: a character for each byte, or -errno. FIFOs and devices are not waited for. At most 65536 paths.
 */
export function readFiles(
  paths: readonly string[],
  mostBytes: number,
  onRead: (contents: readonly (string | number)[]) => void,
): void;

/** What a symbolic link says, read as above, or -errno: -EINVAL (-22) for what is there and none. */
export function readLink(path: string, onRead: (target: string | number) => void): void;

/** Tells what becomes of the names in folders (inotify(7)). Keeps the loop alive until closed. */
export class Inotify {
  /** Throws `EMFILE` where the user has too many (fs.inotify.max_user_instances). */
  constructor(onReadable: () => void);
  /** Follows a folder, on a thread of its own; `onAdded` gets its number, or -errno (-ENOSPC: fs.inotify.max_user_watches). */
  add(path: string, mask: number, onAdded: (watch: number) => void): void;
  /** 0, or -errno. */
  remove(watch: number): number;
  /** Reads as many events as fit: the bytes read, 0 when nothing is queued, or -errno (-EINVAL: not even one fits). */
  receive(buffer: Uint8Array): number;
  /** Stop and resume waking the loop; what happens is queued by the kernel. */
  pause(paused: boolean): void;
  close(): void;
}

/** Sends datagrams to Unix sockets, without a connection and without a name of its own. */
export class UnixDatagrams {
  constructor();
  /**
   * Sends one datagram. Never waits for whoever is to receive it.
   * @param path of the socket; "\0name": in the abstract namespace of this network namespace. At most 108 bytes.
   * @returns 0, or -errno: -EAGAIN (-11) for a queue that is full, -ENOENT (-2) and -ECONNREFUSED (-111) where nobody
   * listens, -EPROTOTYPE (-91) for a socket of another kind, -EMSGSIZE (-90) and -ENOBUFS (-105) for a message that is
   * too long for the system, -ENAMETOOLONG (-36) for such a path. The next one may succeed.
   */
  send(path: string, message: Uint8Array): number;
  close(): void;
}

/**
 * What others read as this process's command line (`ps -f`, `pidof`), in the memory that the kernel gave it: what does not
 * fit is cut. Once; `process.argv` stays. 0, or -errno.
 */
export function setCommandLine(words: readonly string[]): number;

/** _exit(2): ends the process at once; nothing is flushed, no thread is waited for. */
export function exitNow(code: number): never;
