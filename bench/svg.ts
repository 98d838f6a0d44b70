/**
 * Plots as SVG, readable on light and dark pages: the colours follow the reader's system, every bar
 * carries its name and value, and there is no background.
 */
import { value } from "./report.ts";
import { type Row, UNITS } from "./types.ts";

const WIDTH = 720;
const LINE = 20;
const NAMES = 180;
const VALUES = 90;
/** Times, of a ratio that can still be told apart from one. */
const FURTHEST = 8;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; }
  .quiet { fill: #59636e; }
  .peer { fill: #8b949e; }
  .charla { fill: #2563eb; }
  .axis { stroke: #d1d9e0; }
  .range { stroke: #2563eb; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .peer { fill: #656c76; }
    .charla { fill: #58a6ff; }
    .axis { stroke: #3d444d; }
    .range { stroke: #58a6ff; }
  }`;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

export const text = (x: number, y: number, content: string, attributes = "") =>
  `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;

export function picture(title: string, height: number, parts: readonly string[]): string {
  const head =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">`;
  return `${[head, `<style>${STYLE}\n</style>`, ...parts, "</svg>"].join("\n")}\n`;
}

/** A group of bars for each row, one bar for each system; all rows share a unit and a scale. */
export function bars(title: string, rows: readonly Row[]): string {
  const unit = rows[0]?.unit ?? "ms";
  const groups = rows.map((row) => ({ name: row.case, systems: systemsOf(row) }));
  const values = groups.flatMap(({ systems }) => systems.map(([, number]) => number ?? 0));
  const longest = Math.max(...values, Number.MIN_VALUE);
  const room = WIDTH - NAMES - VALUES;
  const hint = `${unit}, ${UNITS[unit] === "more" ? "more" : "less"} is better`;
  const parts = [text(0, 18, title, 'class="title"'), text(0, 38, hint, 'class="quiet"')];
  let y = 48;
  for (const { name, systems } of groups) {
    parts.push(text(0, y + LINE - 4, name));
    y += LINE;
    for (const [system, number] of systems) {
      const width = Math.max(0, ((number ?? 0) / longest) * room).toFixed(1);
      const kind = system === "charla" ? "charla" : "peer";
      const middle = y + LINE - 6;
      parts.push(text(16, middle, system, 'class="quiet"'));
      parts.push(
        `<rect x="${NAMES}" y="${y + 3}" width="${width}" height="${LINE - 6}" class="${kind}"/>`,
      );
      parts.push(text(NAMES + Number(width) + 6, middle, value(number)));
      y += LINE;
    }
    y += 8;
  }
  return picture(title, y, parts);
}

const systemsOf = (row: Row): Array<readonly [string, number | null]> => [
  ["charla", row.charla],
  ...Object.entries(row.peers),
];

/**
 * How many times better Charla is than each peer, with 95 % intervals, on a logarithmic scale: to
 * the right of the line is better, whichever way the unit counts. What is further off than
 * {@link FURTHEST} is drawn at the edge.
 */
export function ratios(title: string, rows: readonly Row[]): string {
  const found = rows.flatMap((row) =>
    Object.entries(row.ratio).map(([peer, ratio]) => ({
      name: `${row.workload} ${row.case}`,
      ...{ peer, ...(UNITS[row.unit] === "more" ? ratio : inverse(ratio)) },
    })),
  );
  const left = 400;
  const room = WIDTH - left - VALUES;
  const all = found.flatMap(({ low, high }) => [high, 1 / low]);
  const furthest = Math.min(FURTHEST, Math.max(2, ...all));
  const within = (ratio: number) => Math.min(furthest, Math.max(1 / furthest, ratio));
  const at = (ratio: number) =>
    left + (room * (Math.log(within(ratio)) / Math.log(furthest) + 1)) / 2;
  const height = 56 + found.length * LINE;
  const parts = [
    text(0, 18, title, 'class="title"'),
    text(left, 38, "peer is better", 'class="quiet"'),
    text(left + room, 38, "Charla is better", 'class="quiet" text-anchor="end"'),
    `<line x1="${at(1)}" x2="${at(1)}" y1="44" y2="${height}" class="axis"/>`,
  ];
  for (const [n, { name, peer, median, low, high }] of found.entries()) {
    const middle = 62 + n * LINE;
    parts.push(text(0, middle + 4, name), text(left - 8, middle + 4, peer, 'text-anchor="end"'));
    const [from, to] = [at(low).toFixed(1), at(high).toFixed(1)];
    parts.push(`<line x1="${from}" x2="${to}" y1="${middle}" y2="${middle}" class="range"/>`);
    parts.push(`<circle cx="${at(median).toFixed(1)}" cy="${middle}" r="4" class="charla"/>`);
    parts.push(text(left + room + 12, middle + 4, `${value(median)} x`));
  }
  return picture(title, height, parts);
}

const inverse = ({ median, low, high }: { median: number; low: number; high: number }) => ({
  median: 1 / median,
  low: 1 / high,
  high: 1 / low,
});
