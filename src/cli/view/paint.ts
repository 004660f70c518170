/** Colours of the terminal: none where the output is no terminal, or NO_COLOR is set. */

export type Colour = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

const CODES: Readonly<Record<Colour, number>> = {
  red: 31,
  green: 32,
  yellow: 33,
  cyan: 36,
  dim: 2,
  bold: 1,
};

/** To the upper left corner, and clear from there to the end; what was scrolled away stays. */
export const HOME_AND_CLEAR = "\u001b[H\u001b[J";

/** Splits a text at them, and keeps them. */
export const COLOUR_SEQUENCES = new RegExp(`(\u001b\\[(?:0|${Object.values(CODES).join("|")})m)`);

export type Paint = (colour: Colour, text: string) => string;

export const plainPaint: Paint = (_colour, text) => text;
const colourPaint: Paint = (colour, text) => `\u001b[${CODES[colour]}m${text}\u001b[0m`;

export function paintFor(isTerminal: boolean, env: NodeJS.ProcessEnv): Paint {
  return isTerminal && !env.NO_COLOR ? colourPaint : plainPaint;
}
