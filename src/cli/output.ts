/** What commands say on the standard streams, whatever is at their other end. */
import { ExitCode, VrrpdError } from "../base/errors.js";
import { printable } from "./printable.js";

const watched = new Set<NodeJS.WriteStream>();
let onReaderGone: () => void = () => {};

/** Throws VrrpdError `EOUTPUT` where it cannot be written. A reader that has had enough (`vrrpd status | head`) is no error. */
export function print(text: string): ExitCode {
  // Not before the first word: the daemon must not touch this stream, which makes its descriptor another kind of descriptor.
  watch(process.stdout, takeFailure);
  try {
    process.stdout.write(`${printable(text)}\n`);
  } catch (error) {
    // Of a file it is known at once.
    throw new VrrpdError("EOUTPUT", sentenceOf(error as NodeJS.ErrnoException));
  }
  return ExitCode.ok;
}

/** For what would go on for ever. */
export function whenReaderGone(handler: () => void): void {
  onReaderGone = handler;
}

/** On standard error. Where that takes nothing, the exit code alone has to say it. */
export function complain(text: string): void {
  watch(process.stderr, () => {});
  try {
    process.stderr.write(`${text}\n`);
  } catch {
    // A full disk, for one.
  }
}

function watch(stream: NodeJS.WriteStream, onError: (error: NodeJS.ErrnoException) => void): void {
  if (watched.has(stream)) return;
  watched.add(stream);
  stream.on("error", onError);
}

function takeFailure(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") return onReaderGone();
  complain(`vrrpd: ${sentenceOf(error)}`);
  process.exit(ExitCode.fatal);
}

function sentenceOf({ code, message }: NodeJS.ErrnoException): string {
  return `standard output takes nothing more (${code ?? message})`;
}
