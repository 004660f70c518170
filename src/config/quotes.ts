/** Literal quotes around a value, which manifests and env files often carry. */

/** Takes away one pair of quotes that surrounds the whole text. */
export function unquote(text: string): { text: string; quoted: boolean } {
  const match = /^(["'])(.*)\1$/s.exec(text);
  if (match === null || match[2]!.includes(match[1]!)) return { text, quoted: false };
  return { text: match[2]!.trim(), quoted: true };
}
