/** Pictures, without a library: text, lines and marks that read on a light and on a dark page. */

/** Of a whole picture, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export const COLOURS = ["#1f77b4", "#d95f02", "#1b9e77", "#7570b3"] as const;
const INK = "#5f6368";
const FAINT = "#c8ccd1";

export function svg({ width, height }: Size, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    `  font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

export function text(
  x: number,
  y: number,
  words: string,
  more: {
    readonly anchor?: "start" | "middle" | "end";
    readonly fill?: string;
    readonly weight?: string;
  } = {},
): string {
  const { anchor = "start", fill = INK, weight = "normal" } = more;
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}" font-weight="${weight}">${escaped(words)}</text>`;
}

export function line(
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
  more: { readonly stroke?: string; readonly width?: number; readonly dashes?: string } = {},
): string {
  const { stroke = FAINT, width = 1, dashes } = more;
  const pattern = dashes === undefined ? "" : ` stroke-dasharray="${dashes}"`;
  return `<line x1="${round(from[0])}" y1="${round(from[1])}" x2="${round(to[0])}" y2="${round(to[1])}" stroke="${stroke}" stroke-width="${width}"${pattern}/>`;
}

export function dot(x: number, y: number, fill: string, radius = 4): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="${fill}"/>`;
}

export function polyline(points: readonly (readonly [x: number, y: number])[], stroke: string): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ");
  return `<polyline points="${path}" fill="none" stroke="${stroke}" stroke-width="2"/>`;
}

/** Where a value lies on a logarithmic scale between two pixels. */
export function logScale(
  [least, most]: readonly [number, number],
  [from, to]: readonly [number, number],
): (value: number) => number {
  const span = Math.log(most) - Math.log(least) || 1;
  return (value) =>
    from + ((Math.log(Math.min(Math.max(value, least), most)) - Math.log(least)) / span) * (to - from);
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
