/** The test's end of a browser that visits the live page (live-page-visit.mjs). */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Host } from "../netns/index.js";

const VISIT = fileURLToPath(new URL("live-page-visit.mjs", import.meta.url));
const SOCKET = "/run/visit";
const PATIENCE_MILLIS = 60_000;

export interface Seen {
  readonly title: string;
  readonly heading: string[];
  readonly connection: string[];
  readonly gone: string[];
  readonly states: string[];
  readonly chips: string[];
  readonly problems: string[];
  readonly links: string[];
  readonly groups: string[];
  readonly checks: string[];
  readonly transitions: string[];
  /** Of each instance, the states of its timeline in order. */
  readonly lanes: string[][];
  readonly body: string;
  /** What a screen reader was told last. */
  readonly news: string;
  readonly selected: string;
  /** Seconds of the first timer. */
  readonly left: number;
  readonly bar: string | null;
  /** Pixels that have to be scrolled sideways for. */
  readonly overflow: number;
  readonly requests: string[];
  /** Of the browser: scripts that failed, what the policy refused. */
  readonly errors: string[];
}

export interface Look {
  readonly width: number;
  readonly scheme: "light" | "dark";
  readonly motion?: "reduce";
}

export class Visit {
  readonly #answers: AsyncIterator<string>;

  private constructor(private readonly socket: Socket) {
    this.#answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  static async begin(host: Host, url: string): Promise<Visit> {
    const browser = host.start([process.execPath, VISIT, url, SOCKET], { name: `browser on ${host.name}` });
    await browser.waitForLine(/^open$/, { timeoutMs: PATIENCE_MILLIS });
    const socket = connect(host.pathOf(SOCKET));
    await once(socket, "connect");
    return new Visit(socket);
  }

  see(): Promise<Seen> {
    return this.#ask({ see: true });
  }

  /** Returns when the expression is true in the page. */
  until(expression: string): Promise<void> {
    return this.#ask({ until: expression });
  }

  evaluate<T>(expression: string): Promise<T> {
    return this.#ask({ do: expression });
  }

  open(url: string): Promise<void> {
    return this.#ask({ open: url });
  }

  press(key: string): Promise<void> {
    return this.#ask({ key });
  }

  look(look: Look): Promise<void> {
    return this.#ask({ look });
  }

  /** What breaks WCAG 2.2 AA. */
  axe(): Promise<string[]> {
    return this.#ask({ axe: true });
  }

  picture(path: string): Promise<void> {
    return this.#ask({ picture: path });
  }

  end(): void {
    this.socket.end();
  }

  async #ask<T>(what: object): Promise<T> {
    this.socket.write(`${JSON.stringify(what)}\n`);
    const { value } = await this.#answers.next();
    const answer = JSON.parse(value) as { value: T; error?: string };
    if (answer.error !== undefined) throw new Error(`${JSON.stringify(what)}: ${answer.error}`);
    return answer.value;
  }
}
