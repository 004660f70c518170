/** The two kinds of pictures in docs/bench: ratios with their spread and aim, and curves over a number of things. */
import { number } from "./format.js";
import type { Figure, Results, Row } from "./results.js";
import { COLOURS, dot, line, logScale, polyline, svg, text } from "./svg.js";

const [OURS, BEHIND, REPORTED] = [COLOURS[0], COLOURS[1], "#9aa0a6"];
const ROW_HEIGHT = 20;
const LABEL_WIDTH = 390;
const PLOT_WIDTH = 420;
const MARGIN = 24;
const TOP = 64;
const RATIOS: readonly [number, number] = [0.02, 20];
const RATIO_TICKS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 10];

/**
 * One line a row that has a ratio: dot, quartiles, and the aim as a small stroke. Left of 1 vrrpd is ahead; grey is what is
 * reported without an aim.
 */
export function ratioPicture({ parts }: Results): string {
  const rows = parts.flatMap((part) => part.rows).filter((one) => one.ratio !== null);
  const x = logScale(RATIOS, [LABEL_WIDTH, LABEL_WIDTH + PLOT_WIDTH]);
  const height = TOP + rows.length * ROW_HEIGHT + MARGIN;
  const bottom = height - MARGIN;
  const title = "vrrpd over its peer: below 1 vrrpd is ahead";
  const ticks = RATIO_TICKS.flatMap((tick) => [
    line([x(tick), TOP - 8], [x(tick), bottom], tick === 1 ? { stroke: "#5f6368", width: 1.5 } : {}),
    text(x(tick), TOP - 14, String(tick), { anchor: "middle" }),
  ]);
  const marks = rows.flatMap((one, index) => ratioMarks(one, x, TOP + (index + 0.5) * ROW_HEIGHT));
  const width = LABEL_WIDTH + PLOT_WIDTH + 70;
  return svg({ width, height }, title, [text(MARGIN, 24, title, { weight: "bold" }), ...ticks, ...marks]);
}

function ratioMarks(one: Row, x: (value: number) => number, y: number): string[] {
  const { what, peer, aim, met } = one;
  const ratio = one.ratio!;
  const colour = met === null ? REPORTED : met ? OURS : BEHIND;
  const label = peer === "Keepalived" ? what : `${what}, ${peer}`;
  const goal =
    aim?.of === "ratio"
      ? [line([x(aim.most), y - 7], [x(aim.most), y + 7], { stroke: "#1b9e77", width: 3 })]
      : [];
  return [
    text(LABEL_WIDTH - 12, y + 4, label, { anchor: "end" }),
    ...goal,
    line([x(ratio.lower), y], [x(ratio.upper), y], { stroke: colour, width: 2 }),
    dot(x(ratio.median), y, colour),
    text(LABEL_WIDTH + PLOT_WIDTH + 10, y + 4, number(ratio.median), { fill: colour }),
  ];
}

const PLOT = { left: 70, right: 560, top: 56, bottom: 330, width: 760, height: 380 };

/** Both axes logarithmic: a power law is a straight line, and its steepness the exponent. */
export function curvePicture({ title, xLabel, yLabel, curves }: Figure): string {
  const points = curves.flatMap((curve) => curve.points);
  const range = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  const xs = range(points.map(({ x }) => x));
  const ys = range(points.map(({ y }) => y));
  const x = logScale(xs, [PLOT.left, PLOT.right]);
  const y = logScale([ys[0] / 1.5, ys[1] * 1.5], [PLOT.bottom, PLOT.top]);
  const xTicks = [...new Set(points.map((point) => point.x))].flatMap((tick) => [
    line([x(tick), PLOT.top], [x(tick), PLOT.bottom]),
    text(x(tick), PLOT.bottom + 18, String(tick), { anchor: "middle" }),
  ]);
  const yTicks = decades(ys).flatMap((tick) => [
    line([PLOT.left, y(tick)], [PLOT.right, y(tick)]),
    text(PLOT.left - 8, y(tick) + 4, number(tick), { anchor: "end" }),
  ]);
  const drawn = curves.flatMap(({ name, points: own, exponent }, index) => {
    const colour = COLOURS[index % COLOURS.length]!;
    const places = own.map((point) => [x(point.x), y(point.y)] as const);
    const label = `${name}: exponent ${exponent.toFixed(2)}`;
    return [
      polyline(places, colour),
      ...places.map(([px, py]) => dot(px, py, colour)),
      text(PLOT.right + 14, PLOT.top + 20 + index * 20, label, { fill: colour }),
    ];
  });
  return svg({ width: PLOT.width, height: PLOT.height }, title, [
    text(PLOT.left, 28, title, { weight: "bold" }),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 38, xLabel, { anchor: "middle" }),
    text(PLOT.left, PLOT.top - 10, yLabel),
    ...xTicks,
    ...yTicks,
    ...drawn,
  ]);
}

/** 1, 2 and 5 of each power of ten that lie in the range. */
function decades([least, most]: readonly [number, number]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power += 1)
    for (const step of [1, 2, 5]) ticks.push(step * 10 ** power);
  const inside = ticks.filter((tick) => tick >= least / 1.5 && tick <= most * 1.5);
  return inside.length > 8 ? inside.filter((tick) => Number.isInteger(Math.log10(tick))) : inside;
}
