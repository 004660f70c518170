/**
 * Plants a mutant: finds a declaration by name, wherever its file is, and in it a piece of code, token by token. White
 * space, comments, quotes and a comma at the end of a list count for nothing; `$name` stands for any identifier or
 * private name, the same one wherever it is repeated.
 */
import ts from "typescript";

const { SyntaxKind } = ts;

/** Where the declarations of mutants are: what the simulator and the tests of the core run. */
export const SEARCHED = ["src/base", "src/core"];

const METAVARIABLE = /^\$[A-Za-z]\w*$/;
const METAVARIABLES = /\$[A-Za-z]\w*/g;
const PRIVATE_NAMES = /#[A-Za-z]\w*\b/g;

/**
 * @param {ReadonlyMap<string, string>} sources the text of each file, by its path
 * @returns {Map<string, { file: string, text: string, start: number, end: number }[]>} by name: `answers` for a
 *   function or a constant, `VirtualRouter` for a class, `VirtualRouter.#answer` for its member
 */
export function declarationsOf(sources) {
  const declarations = new Map();
  for (const [file, text] of sources) {
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    for (const [name, node] of tree.statements.flatMap(namedIn)) {
      const place = { file, text, start: node.getStart(tree), end: node.end };
      declarations.set(name, [...(declarations.get(name) ?? []), place]);
    }
  }
  return declarations;
}

/** @returns {[string, import("typescript").Node][]} */
function namedIn(node) {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.map((one) => [one.name.text, node]);
  if (ts.isFunctionDeclaration(node)) return [[node.name?.text, node]];
  if (!ts.isClassDeclaration(node)) return [];
  const members = node.members.map((member) => [
    `${node.name?.text}.${member.name?.text ?? "constructor"}`,
    member,
  ]);
  return [[node.name?.text, node], ...members];
}

/**
 * @param {{ within: string, find: string, replace: string }} mutant
 * @param {ReturnType<typeof declarationsOf>} declarations
 * @returns {{ file: string, text: string }} the file that changes, and what it becomes
 * @throws {Error} where the declaration is missing, or the pattern does not stand in it once
 */
export function plant({ within, find, replace }, declarations) {
  const places = declarations.get(within);
  if (places === undefined)
    throw new Error(`nothing of the name ${within} is declared in ${SEARCHED.join(", ")}`);
  const pattern = tokensOf(find);
  const found = places.flatMap((place) => matchesIn(place, pattern));
  const [match] = found;
  if (match === undefined || found.length > 1) {
    throw new Error(`its code stands ${found.length} times in ${within}: ${find}`);
  }
  const { file, text, start, end, names } = match;
  const strange = replace.match(PRIVATE_NAMES)?.find((name) => !text.includes(name));
  if (strange !== undefined) throw new Error(`${strange}, which it plants in ${within}, is not in ${file}`);
  const planted = replace.replace(METAVARIABLES, (variable) => {
    const name = names.get(variable);
    if (name === undefined)
      throw new Error(`${variable} is in what it plants, and not in what it finds: ${find}`);
    return name;
  });
  return { file, text: text.slice(0, start) + planted + text.slice(end) };
}

/** @returns {{ file: string, text: string, start: number, end: number, names: Map<string, string> }[]} */
function matchesIn({ file, text, start, end }, pattern) {
  const tokens = tokensOf(text.slice(start, end));
  return tokens.flatMap((first, index) => {
    const names = namesOf(pattern, tokens.slice(index, index + pattern.length));
    if (names === null) return [];
    const last = tokens[index + pattern.length - 1];
    return [{ file, text, start: start + first.start, end: start + last.end, names }];
  });
}

/** What each metavariable stands for; null: the tokens are not those of the pattern. */
function namesOf(pattern, tokens) {
  if (pattern.length === 0 || tokens.length < pattern.length) return null;
  const names = new Map();
  const fits = pattern.every(({ text }, index) => {
    const token = tokens[index];
    if (!METAVARIABLE.test(text)) return token.text === text;
    const known = names.get(text) ?? token.text;
    names.set(text, known);
    return token.isName && token.text === known;
  });
  return fits ? names : null;
}

/** @param {string} code any piece of a program @returns {{ text: string, start: number, end: number, isName: boolean }[]} */
function tokensOf(code) {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, code);
  const tokens = [];
  /** For each brace that is open: whether it is one of a template's, `${`. */
  const braces = [];
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (kind === SyntaxKind.CloseBraceToken && braces.pop() === true)
      kind = scanner.reScanTemplateToken(false);
    if (kind === SyntaxKind.OpenBraceToken) braces.push(false);
    if (kind === SyntaxKind.TemplateHead || kind === SyntaxKind.TemplateMiddle) braces.push(true);
    if (kind === SyntaxKind.SlashToken && !endsValue(tokens.at(-1))) kind = scanner.reScanSlashToken();
    const isString = kind === SyntaxKind.StringLiteral;
    tokens.push({
      text: isString ? JSON.stringify(scanner.getTokenValue()) : scanner.getTokenText(),
      start: scanner.getTokenStart(),
      end: scanner.getTokenEnd(),
      isName: isName(kind),
    });
  }
  return tokens.filter(({ text }, index) => text !== "," || !/^[)\]}]$/.test(tokens[index + 1]?.text ?? ""));
}

/** Words such as `from` and `of` are names as well. */
function isName(kind) {
  return (
    kind === SyntaxKind.Identifier ||
    kind === SyntaxKind.PrivateIdentifier ||
    (kind > SyntaxKind.LastReservedWord && kind <= SyntaxKind.LastKeyword)
  );
}

/** Whether a slash after it divides; otherwise it begins a regular expression. */
function endsValue(token) {
  return token !== undefined && (token.isName || /^(this|null|true|false)$|^[\d)\]}"`]/.test(token.text));
}
