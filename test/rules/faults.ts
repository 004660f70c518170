/** docs/faults.md and the tests in test/hostile name each other. Each rule returns one sentence a violation. */
import type { File } from "./tree.js";

export interface Naming {
  /** Of the test file, below test/hostile. */
  readonly file: string;
  /** Part of the title. */
  readonly words: string;
}

/** What the last column says: `file: “words”, “words”; file: “words”`. */
export function namingsOf(document: string): Naming[] {
  const rows = document.split("\n").filter((line) => line.startsWith("|") && line.includes("“"));
  return rows.flatMap((row) =>
    row
      .split("|")
      .at(-2)!
      .split("; ")
      .flatMap((part) => {
        const file = `${part.split(":")[0]!.trim()}.test.ts`;
        return [...part.matchAll(/“([^”]+)”/g)].map((match) => ({ file, words: match[1]! }));
      }),
  );
}

/** As they stand in the source: what is put in by a template is not resolved. */
export function titlesOf({ text }: File): string[] {
  return [...text.matchAll(/\bt\.test\(\s*(["`])(.*?)\1,/gs)].map((match) => match[2]!);
}

const nameOf = ({ path }: File) => path.slice(path.lastIndexOf("/") + 1);

export function unknownTests(namings: readonly Naming[], files: readonly File[]): string[] {
  return namings.flatMap(({ file, words }) => {
    const titles = files.filter((one) => nameOf(one) === file).flatMap(titlesOf);
    return titles.some((title) => title.includes(words)) ? [] : [`${file} has no test “${words}”`];
  });
}

export function unnamedTests(namings: readonly Naming[], files: readonly File[]): string[] {
  return files.flatMap((one) => {
    const words = namings.filter(({ file }) => file === nameOf(one)).map((naming) => naming.words);
    return titlesOf(one)
      .filter((title) => !words.some((part) => title.includes(part)))
      .map((title) => `${one.path}: the document does not name “${title}”`);
  });
}
