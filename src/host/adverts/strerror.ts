/**
 * raw-socket reports a failed system call by strerror's text alone; these are the texts of the C libraries that Node
 * runs on (glibc, musl), of the errors that sending and receiving packets can meet.
 */
import { constants } from "node:os";

const { errno } = constants;

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ["Resource temporarily unavailable", errno.EAGAIN],
  ["Interrupted system call", errno.EINTR],
  ["Operation not permitted", errno.EPERM],
  ["Permission denied", errno.EACCES],
  ["No such device", errno.ENODEV],
  ["No such device or address", errno.ENXIO],
  ["Network is down", errno.ENETDOWN],
  ["Network is unreachable", errno.ENETUNREACH],
  ["Network unreachable", errno.ENETUNREACH],
  ["No route to host", errno.EHOSTUNREACH],
  ["Host is unreachable", errno.EHOSTUNREACH],
  ["No buffer space available", errno.ENOBUFS],
  ["Cannot allocate memory", errno.ENOMEM],
  ["Out of memory", errno.ENOMEM],
  ["Message too long", errno.EMSGSIZE],
  ["Message too large", errno.EMSGSIZE],
  ["Invalid argument", errno.EINVAL],
  ["Cannot assign requested address", errno.EADDRNOTAVAIL],
  ["Address not available", errno.EADDRNOTAVAIL],
  ["Address family not supported by protocol", errno.EAFNOSUPPORT],
  ["Protocol not available", errno.ENOPROTOOPT],
  ["Too many open files", errno.EMFILE],
  ["No file descriptors available", errno.EMFILE],
  ["Too many open files in system", errno.ENFILE],
  ["Bad file descriptor", errno.EBADF],
]);

/** The negated errno of a text; -EIO for one that is not known. */
export function negatedErrno(text: string): number {
  return -(NUMBERS.get(text) ?? errno.EIO);
}
