/**
 * One request and its answer, in the place of a connection: Node's HTTP server reads one head from it and writes one
 * answer to it. So there is never a second request in the parser, which makes objects of all that it is given at once.
 */
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

type Written = (error?: Error | null) => void;

export class Exchange extends Duplex {
  #isOver = false;

  /** @param onOver called once; `keep`: the connection may bring another request. */
  constructor(
    private readonly connection: Socket,
    head: Buffer,
    private readonly onOver: (keep: boolean) => void,
  ) {
    super({ allowHalfOpen: true });
    // The HTTP server has a listener for errors, but not before it knows this one, nor after it has let go.
    this.on("error", () => {});
    this.push(head);
  }

  /** The answer is on its way. */
  over(keep: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.destroy();
    this.onOver(keep);
  }

  override _read(): void {}

  override _write(chunk: Buffer, encoding: BufferEncoding, written: Written): void {
    this.#send([{ chunk, encoding }], written);
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], written: Written): void {
    this.#send(chunks, written);
  }

  /** The HTTP server wants the connection to end. */
  override _final(done: Written): void {
    done();
    this.over(false);
  }

  override _destroy(error: Error | null, done: Written): void {
    done(error);
    this.over(false);
  }

  #send(chunks: readonly { chunk: Buffer; encoding: BufferEncoding }[], written: Written): void {
    this.connection.cork();
    chunks.forEach(({ chunk, encoding }, index) => {
      this.connection.write(chunk, encoding, index === chunks.length - 1 ? written : undefined);
    });
    this.connection.uncork();
  }
}
