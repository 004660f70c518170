/** Datagrams to whoever listens on a Unix socket, where that is no reason to fail: nobody there is an answer. */
import { errnoName, UnixDatagrams } from "./native.js";

export class Datagrams {
  #socket: UnixDatagrams | null = null;

  /**
   * Never blocks, never throws.
   * @param path as the addon takes it
   * @returns why it was not sent, as a code (`ENOENT`); null: it was
   */
  send(path: string, message: string): string | null {
    try {
      this.#socket ??= new UnixDatagrams();
      const result = this.#socket.send(path, Buffer.from(message));
      return result === 0 ? null : errnoName(result);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    }
  }
}

/** Whoever listens there is only too busy to take one now. */
export function isBusy(refusal: string): boolean {
  return refusal === "EAGAIN" || refusal === "ENOBUFS";
}
