/** The text of a keepalived.conf, and of all that it includes, as a tree of statements. Keywords mean nothing here. */
import { assignmentOf, type Definition, replaceDefinitions } from "./definitions.js";
import { includeOf } from "./include.js";
import { LIMITS } from "./limits.js";
import { contentOf, type Line, linesOf, part } from "./lines.js";
import { loopOf, textOfTurn } from "./loops.js";
import { LimitReached, originOf, Problems } from "./problems.js";
import type { ParsedFile, ParseOptions, ReadFile } from "./statement.js";
import { Tree } from "./tree.js";

/**
 * @param path of the file, as `read` gives the paths of what it reads
 * Never throws: what is wrong is among the problems. With an error among them the statements are not all there.
 */
export function parseKeepalivedConf(path: string, text: string, options: ParseOptions): ParsedFile {
  const parser = new Parser(options);
  return parser.parse(path, text);
}

/** Plain `$name` may be meant for a shell. */
const QUOTED = /"[^"]*"/g;
const UNDEFINED = /\$\{\w[^}]*\}/;

/** A definition over several lines, of which the last has not come yet. */
interface Unfinished {
  readonly name: string;
  readonly line: Line;
  readonly lines: string[];
}

class Parser {
  readonly #options: ParseOptions;
  readonly #problems = new Problems();
  readonly #tree = new Tree(this.#problems);
  readonly #definitions = new Map<string, Definition>([
    ["_HASH", { text: "#" }],
    ["_BANG", { text: "!" }],
  ]);
  /** The files that are being read, outermost first. */
  readonly #files: string[] = [];
  #unfinished: Unfinished | null = null;
  #lineCount = 0;
  #fileCount = 0;
  #characterCount = 0;

  constructor(options: ParseOptions) {
    this.#options = options;
  }

  parse(path: string, text: string): ParsedFile {
    const start = { text: "", file: path, line: 1, column: 1, expanded: false, depth: 0 };
    try {
      this.#readFile(path, text, start);
      this.#endDefinition();
      this.#tree.end();
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error;
    }
    return { statements: this.#tree.statements, problems: this.#problems.list };
  }

  /** @param by the line that includes it */
  #readFile(path: string, text: string, by: Line): void {
    this.#count(text, by);
    if (text.startsWith("\ufeff"))
      this.#problems.warn(
        { file: path, line: 1, column: 1, keyword: "" },
        {
          value: "\ufeff",
          reason: "is a byte order mark, which becomes part of the first keyword",
          accepted: "UTF-8 without it",
        },
      );
    const outer = this.#definitions.get("_PWD");
    this.#files.push(path);
    this.#definitions.set("_PWD", { text: path.slice(0, Math.max(1, path.lastIndexOf("/"))) });
    for (const line of linesOf(path, text)) {
      if (line.column > 1) this.#warnOfCut(line);
      this.#readPhysical(line);
    }
    this.#files.pop();
    if (outer !== undefined) this.#definitions.set("_PWD", outer);
  }

  #count(text: string, by: Line): void {
    this.#fileCount++;
    if (this.#fileCount > LIMITS.files) this.#stop(by, "is one file too many", `up to ${LIMITS.files} files`);
    this.#countCharacters(text, by);
  }

  #countCharacters(text: string, by: Line): void {
    this.#characterCount += text.length;
    if (this.#characterCount > LIMITS.characters)
      this.#stop(by, "makes the configuration too long", `up to ${LIMITS.characters} characters in all`);
  }

  #warnOfCut(line: Line): void {
    this.#problems.warn(originOf(line), {
      value: line.text.trim(),
      reason: "stands beyond the 1023rd byte of its line, and is read as a line of its own",
      accepted: "lines of up to 1023 bytes",
    });
  }

  /** A line as the file has it, which may belong to a definition. */
  #readPhysical(line: Line): void {
    const content = contentOf(line);
    if (this.#unfinished === null) this.#read(content);
    else this.#continueDefinition(this.#unfinished, content);
  }

  #read(line: Line): void {
    this.#lineCount++;
    if (this.#lineCount > LIMITS.lines)
      this.#stop(line, "is one line too many", `up to ${LIMITS.lines} lines, with those that loops make`);
    const chosen = this.#chosenHere(line);
    if (chosen === null || chosen.text === "") return;
    const assignment = assignmentOf(chosen.text);
    if (assignment !== null) this.#define(assignment.name, assignment.value, chosen);
    else if (chosen.text.includes("$")) this.#replace(chosen);
    else this.#loop(chosen);
  }

  /** `@ID` and `@^ID` before the rest of a line. null: it is meant for another host. */
  #chosenHere(line: Line): Line | null {
    const match = /^@(\^?)(\S*)/.exec(line.text);
    if (match === null) return line;
    const holds = (match[2] === this.#options.id) !== (match[1] === "^");
    return holds ? part(line, match[0].length) : null;
  }

  #define(name: string, value: string, line: Line): void {
    if (value.endsWith("\\")) {
      this.#unfinished = { name, line, lines: [] };
      return this.#continueDefinition(this.#unfinished, { ...line, text: value });
    }
    this.#setDefinition(name, { text: value }, line);
  }

  #continueDefinition(unfinished: Unfinished, { text }: Line): void {
    const more = text.endsWith("\\");
    const content = (more ? text.slice(0, -1) : text).trim();
    if (content !== "") unfinished.lines.push(content);
    if (!more) this.#endDefinition();
  }

  #endDefinition(): void {
    const unfinished = this.#unfinished;
    if (unfinished === null) return;
    this.#unfinished = null;
    this.#setDefinition(unfinished.name, { lines: unfinished.lines }, unfinished.line);
  }

  #setDefinition(name: string, definition: Definition, line: Line): void {
    if (this.#definitions.size >= LIMITS.definitions)
      this.#stop(line, "is one definition too many", `up to ${LIMITS.definitions} definitions`);
    this.#definitions.set(name, definition);
  }

  #replace(line: Line): void {
    const replaced = replaceDefinitions(line.text, this.#definitions);
    if ("reason" in replaced) this.#stop(line, replaced.reason, "definitions that end");
    else if ("lines" in replaced) for (const text of replaced.lines) this.#read(this.#deeper(line, text));
    else if (replaced.text === line.text) this.#loop(line);
    else this.#loop(this.#grown({ ...line, text: replaced.text, expanded: true }));
  }

  #loop(line: Line): void {
    const loop = loopOf(line.text);
    if (loop === null) return this.#include(line);
    if ("reason" in loop)
      return this.#problems.warn(originOf(line), {
        value: line.text,
        reason: `${loop.reason}, and is ignored`,
        accepted: "~SEQ(name, first, last), ~SEQ(name, first, step, last), ~LST(name, value, …)",
      });
    if (this.#lineCount + loop.count > LIMITS.lines)
      this.#stop(line, `makes ${loop.count} lines`, `up to ${LIMITS.lines} lines in all`);
    for (const turn of loop.turns()) this.#read(this.#deeper(line, textOfTurn(loop.body, turn)));
  }

  #deeper(line: Line, text: string): Line {
    const depth = line.depth + 1;
    if (depth > LIMITS.expansionDepth)
      this.#stop(
        line,
        "comes from definitions or loops too deep",
        `up to ${LIMITS.expansionDepth} within each other`,
      );
    if (text.length > LIMITS.expandedLine)
      this.#stop(line, "grows too long", `up to ${LIMITS.expandedLine} characters a line`);
    return this.#grown({ ...line, text, depth, expanded: true });
  }

  /** What an expansion made: it counts as text, and a comment sign in it begins a comment, as in Keepalived. */
  #grown(line: Line): Line {
    this.#countCharacters(line.text, line);
    return contentOf(line);
  }

  #include(line: Line): void {
    const include = includeOf(line.text, this.#options.includesRequired ?? false);
    if (include === null) return this.#add(line);
    const { pattern, fatal } = include;
    if (pattern === "") return this.#warnOfInclude(line, "", "names no file");
    if (this.#files.length >= LIMITS.includeDepth)
      this.#stop(line, "is included too deep", `includes within includes up to ${LIMITS.includeDepth} deep`);
    for (const read of this.#options.read(pattern, line.file)) {
      if ("text" in read) this.#enter(read.path, read.text, line);
      else if (fatal.includes(read.fault)) this.#refuse(line, read);
      else if (read.fault !== "noMatch") this.#warnOfInclude(line, read.path, read.reason);
    }
  }

  #add(line: Line): void {
    if (line.text.includes("${")) this.#warnOfUndefined(line);
    this.#tree.add(line);
  }

  /** Outside of quotes, where what is in braces is taken for a block, by Keepalived as well. */
  #warnOfUndefined(line: Line): void {
    const name = UNDEFINED.exec(line.text.replace(QUOTED, ""))?.[0];
    if (name === undefined) return;
    this.#problems.warn(originOf(line), {
      value: name,
      reason: "is not defined, and stays as it stands",
      accepted: "names that a line above defines",
    });
  }

  #enter(path: string, text: string, line: Line): void {
    if (this.#files.includes(path))
      this.#stop(
        { ...line, text: `include ${path}` },
        "includes itself",
        "a file that is not being read already",
      );
    this.#readFile(path, text, line);
  }

  #refuse(line: Line, { path, reason }: ReadFile & { reason: string }): void {
    this.#problems.refuse(originOf(line), { value: path, reason, accepted: "files that can be read" });
  }

  #warnOfInclude(line: Line, value: string, reason: string): void {
    this.#problems.warn(originOf(line), {
      value,
      reason: `${reason}, and is skipped`,
      accepted: "files that can be read",
    });
  }

  #stop(line: Line, reason: string, accepted: string): never {
    const origin = originOf(line);
    return this.#problems.stop(origin, {
      value: line.text.slice(origin.keyword.length).trim(),
      reason,
      accepted,
    });
  }
}
