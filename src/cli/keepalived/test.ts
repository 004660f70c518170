/** `keepalived -t`: says what is wrong with the configuration, and runs nothing. */
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { ExitCode, VrrpdError } from "../../base/errors.js";
import { visibleLines } from "../../base/visible.js";
import { ConfigurationError, contradictionsOf, formatProblem, formatWarning } from "../../config/index.js";
import { planHere } from "../configuration.js";
import type { Place } from "../place.js";
import { scriptWarnings } from "../script-warnings.js";

/** Beside those of `ExitCode`: what Keepalived ends with where it has something to say. */
const SOMETHING_SAID = 5;

interface TestRequest {
  readonly place: Place;
  /** null: standard error. */
  readonly output: string | null;
  readonly umask: number | null;
}

/**
 * 0: nothing to say. 5: warnings, or a configuration that is refused. 2: one that Keepalived cannot even read to its end.
 * 6: a file cannot be read (Keepalived says so too, and ends with 0: whoever asks must not take that for well).
 */
export async function testConfiguration({ place, output, umask }: TestRequest): Promise<number> {
  if (umask !== null) process.umask(umask);
  const { messages, code } = await examine(place);
  await say(messages.map((message) => `${visibleLines(message)}\n`).join(""), output);
  return code;
}

interface Found {
  readonly messages: readonly string[];
  readonly code: number;
}

async function examine(place: Place): Promise<Found> {
  try {
    const { planned } = await planHere(place, process.env);
    const warnings = [...planned.warnings, ...(await scriptWarnings(planned))].map(formatWarning);
    const messages = [...warnings, ...contradictionsOf(planned)];
    return { messages, code: messages.length === 0 ? ExitCode.ok : SOMETHING_SAID };
  } catch (error) {
    if (!(error instanceof VrrpdError)) throw error;
    return { messages: messagesOf(error), code: codeOf(error) };
  }
}

function messagesOf(error: VrrpdError): string[] {
  if (!(error instanceof ConfigurationError)) return [error.message];
  return [...error.problems.map(formatProblem), ...error.warnings.map(formatWarning)];
}

function codeOf(error: VrrpdError): number {
  if (error.code === "EFILE") return ExitCode.file;
  return error.code === "ECONFIG" ? SOMETHING_SAID : error.exitCode;
}

async function say(text: string, path: string | null): Promise<void> {
  if (path === null) {
    process.stderr.write(text);
    return;
  }
  try {
    const file = createWriteStream(path);
    file.end(text);
    await finished(file);
  } catch (error) {
    throw new VrrpdError("EUSAGE", `what -t has to say cannot be written: ${(error as Error).message}`);
  }
}
