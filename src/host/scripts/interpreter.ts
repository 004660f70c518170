/** The first line of a script, `#! interpreter argument`, as the kernel reads it (execve(2)), and whether it leads anywhere. */
import { open, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { findInPath, whyNotProgram } from "./file.js";

/** The kernel looks at so many bytes (BINPRM_BUF_SIZE). */
const HEAD_BYTES = 256;
/** An interpreter may be a script itself; so deep the kernel follows. */
const MAX_DEPTH = 5;

export interface FirstLine {
  readonly interpreter: string;
  /** All that follows is one argument. "": none. */
  readonly argument: string;
}

/** null: there is none, or it names nothing: such a file runs under /bin/sh. */
export function parseFirstLine(head: Uint8Array): FirstLine | null {
  const text = Buffer.from(head).toString();
  if (!text.startsWith("#!")) return null;
  const line = /^[^\n\0]*/.exec(text.slice(2))![0].replace(/^[ \t]+|[ \t]+$/g, "");
  const [, interpreter, argument] = /^([^ \t]*)[ \t]*(.*)$/s.exec(line) as unknown as [
    string,
    string,
    string,
  ];
  return interpreter === "" ? null : { interpreter, argument };
}

/** null: no `#!`, or it cannot be read by this process. */
export async function readFirstLine(path: string): Promise<FirstLine | null> {
  try {
    // To open a FIFO waits for a writer.
    if (!(await stat(path)).isFile()) return null;
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return parseFirstLine(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

/** What `env` is asked to run; null: nothing that could be looked up. */
export function programOfEnv({ interpreter, argument }: FirstLine): string | null {
  if (basename(interpreter) !== "env" || argument === "") return null;
  const split = /^(?:-\w*S[ \t]*|--split-string[= \t])(.*)$/s.exec(argument);
  if (split === null) return /^-|^[^/]*=/.test(argument) ? null : argument;
  const word = split[1]!.split(/[ \t]+/).find((one) => one !== "" && !/^[^/]*=/.test(one));
  return word === undefined || /^[-"'$\\]/.test(word) ? null : word;
}

/** The end of the sentence "/path …": why its first line leads nowhere; null: it does lead somewhere. */
export async function whyNotInterpreted(path: string, searchPath: string, depth = 0): Promise<string | null> {
  const line = await readFirstLine(path);
  if (line === null || depth >= MAX_DEPTH) return null;
  // Scripts run in the folder /.
  const interpreter = resolve("/", line.interpreter);
  const why =
    (await whyNotProgram(interpreter)) ?? (await whyNotInterpreted(interpreter, searchPath, depth + 1));
  if (why !== null) {
    return `cannot be run: its first line names the interpreter ${JSON.stringify(line.interpreter)}, which ${why}${hint(line.interpreter)}`;
  }
  const asked = programOfEnv(line);
  if (asked === null || (await isThere(asked, searchPath))) return null;
  return `cannot be run: its first line asks env for ${JSON.stringify(asked)}, which is not there${hint(asked)}`;
}

async function isThere(program: string, searchPath: string): Promise<boolean> {
  if (program.includes("/")) return (await whyNotProgram(resolve("/", program))) === null;
  return (await findInPath(program, searchPath)) !== null;
}

function hint(name: string): string {
  if (name.endsWith("\r"))
    return "; the line ends with CR LF, as on Windows: save the script with LF alone (sed -i 's/\\r$//')";
  if (/[ \t]/.test(name)) return "; env takes the rest of the line as one name (env -S splits it)";
  return "";
}
