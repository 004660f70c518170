/**
 * The dashboard drawn from what Prometheus answers: its panels, queries, colours and words, as far as a picture for the
 * documents needs them. It is not Grafana.
 */

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

interface Mapping {
  readonly type: string;
  readonly options: Readonly<Record<string, { readonly text?: string; readonly color?: string } & number>> & {
    readonly result?: { readonly text: string; readonly color: string };
  };
}

export interface DrawnPanel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly fieldConfig: {
    readonly defaults: {
      readonly mappings?: readonly Mapping[];
      readonly thresholds?: {
        readonly steps: readonly { readonly color: string; readonly value: number | null }[];
      };
    };
  };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

/** The answers to the queries of a panel. */
export interface Drawn {
  readonly panel: DrawnPanel;
  readonly answers: readonly (readonly Series[])[];
}

const [COLUMN, ROW] = [50, 30];
const COLOURS: Readonly<Record<string, string>> = {
  green: "#73bf69",
  red: "#f2495c",
  "dark-red": "#c4162a",
  yellow: "#fade2a",
  blue: "#5794f2",
  orange: "#ff9830",
};
const LINES = ["#73bf69", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#fade2a", "#8ab8ff", "#ffa6b0"];
const LEGENDS = 5;
const ROOM_OF_WORD = 60;

export function dashboardHtml(title: string, drawn: readonly Drawn[], from: number, to: number): string {
  const height = Math.max(...drawn.map(({ panel: { gridPos } }) => gridPos.y + gridPos.h));
  const panels = drawn.map(({ panel, answers }) => {
    const { x, y, w, h } = panel.gridPos;
    const [width, tall] = [w * COLUMN - 8, h * ROW - 8];
    const place = `left:${x * COLUMN}px;top:${y * ROW}px;width:${width}px;height:${tall}px`;
    const inner = drawPanel(panel, answers, { width: width - 20, height: tall - 34, from, to });
    return `<section style="${place}"><h2>${safe(panel.title)}</h2>${inner}</section>`;
  });
  return `<!doctype html><meta charset="utf-8"><title>${safe(title)}</title><style>
body { margin: 12px; background: #111217; color: #ccccdc; font: 12px system-ui, sans-serif; width: ${24 * COLUMN}px; }
main { position: relative; height: ${height * ROW}px; }
section { position: absolute; background: #181b1f; border: 1px solid #2c3235; border-radius: 3px; padding: 6px 10px; overflow: hidden; }
h1 { font-size: 18px; margin: 0 0 10px; } h2 { font-size: 13px; margin: 0 0 4px; } b { font-size: 40px; }
td { padding: 1px 14px 1px 0; } text { fill: #ccccdc; font-size: 11px; }</style>
<h1>${safe(title)}</h1><main>${panels.join("\n")}</main>`;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly from: number;
  readonly to: number;
}

function drawPanel(panel: DrawnPanel, answers: Drawn["answers"], frame: Frame): string {
  const series = answers.flatMap((found, index) =>
    found.map((one) => ({ ...one, name: nameOf(panel.targets[index]!.legendFormat, one.metric) })),
  );
  if (panel.type === "stat") return drawStat(panel, answers);
  if (panel.type === "table") return drawTable(series);
  return panel.type === "state-timeline" ? drawStates(panel, series, frame) : drawLines(series, frame);
}

type Named = Series & { readonly name: string };

function drawStat(panel: DrawnPanel, answers: Drawn["answers"]): string {
  const values = answers.map((found) => Number(found[0]?.values.at(-1)?.[1] ?? 0));
  const steps = panel.fieldConfig.defaults.thresholds?.steps ?? [];
  const step = steps.findLast(({ value }) => value === null || values[0]! >= value);
  return `<b style="color:${COLOURS[step?.color ?? "green"]}">${values.join(" of ")}</b>`;
}

function drawTable(series: readonly Named[]): string {
  const rows = series
    .filter(({ values }) => Number(values.at(-1)?.[1] ?? 0) > 0)
    .map(
      ({ metric }) =>
        `<tr>${Object.values(metric)
          .map((text) => `<td>${safe(text)}</td>`)
          .join("")}</tr>`,
    );
  return rows.length === 0 ? "none" : `<table>${rows.slice(0, 8).join("")}</table>`;
}

function drawStates(panel: DrawnPanel, series: readonly Named[], { width, height, from, to }: Frame): string {
  const tall = Math.min(40, height / Math.max(1, series.length));
  const left = 130;
  const x = (time: number) => left + ((width - left) * (time - from)) / (to - from);
  const rows = series.flatMap(({ name, values }, row) => {
    const top = row * tall;
    const bars = values.map(([time, value], index) => {
      const next = values[index + 1]?.[0] ?? to;
      const { text, color } = mapped(panel.fieldConfig.defaults.mappings ?? [], Number(value));
      const isNew = values[index - 1]?.[1] !== value;
      const change = values.slice(index).find(([, other]) => other !== value)?.[0] ?? to;
      const label =
        isNew && x(change) - x(time) > ROOM_OF_WORD
          ? `<text x="${x(time) + 3}" y="${top + tall / 2 + 4}" style="fill:#111">${text}</text>`
          : "";
      return {
        bar: `<rect x="${x(time)}" y="${top + 2}" width="${x(next) - x(time) + 0.5}" height="${tall - 4}" fill="${COLOURS[color]}"/>`,
        label,
      };
    });
    const all = [...bars.map(({ bar }) => bar), ...bars.map(({ label }) => label)];
    return [`<text x="0" y="${top + tall / 2 + 4}">${safe(name)}</text>`, ...all];
  });
  return `<svg width="${width}" height="${height}">${rows.join("")}</svg>`;
}

function mapped(mappings: readonly Mapping[], value: number): { text: string; color: string } {
  const exact = mappings.find(({ type }) => type === "value")?.options[String(value)];
  const range = mappings.find(({ type }) => type === "range")?.options.result;
  const found = exact ?? range;
  return { text: found?.text ?? String(value), color: found?.color ?? "blue" };
}

function drawLines(series: readonly Named[], { width, height, from, to }: Frame): string {
  const shown = series
    .filter(({ values }) => values.some(([, value]) => Number(value) > 0))
    .slice(0, LINES.length);
  const most = Math.max(
    ...shown.flatMap(({ values }) => values.map(([, value]) => Number(value) || 0)),
    1e-9,
  );
  const room = height - 16 * Math.min(LEGENDS, shown.length) - 6;
  const lines = shown.map(({ name, values }, index) => {
    const points = values
      .filter(([, value]) => Number.isFinite(Number(value)))
      .map(
        ([time, value]) =>
          `${(width * (time - from)) / (to - from)},${room - (room * Number(value)) / most + 2}`,
      );
    const key =
      index < LEGENDS
        ? `<text x="16" y="${room + 16 * (index + 1) + 2}">${safe(name)}</text><rect x="0" y="${room + 16 * index + 12}" width="10" height="4" fill="${LINES[index]}"/>`
        : "";
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${LINES[index]}" stroke-width="1.5"/>${key}`;
  });
  const scale = `<text x="${width - 60}" y="12">${Number(most.toPrecision(3))}</text>`;
  return `<svg width="${width}" height="${height}">${lines.join("")}${scale}</svg>`;
}

function nameOf(format: string, metric: Readonly<Record<string, string>>): string {
  return format.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? "");
}

function safe(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}
