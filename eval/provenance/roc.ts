/** The picture of how many others are found for how many honest answers that are further off. */
import { picture, text } from "../../bench/svg.ts";

export interface Series {
  readonly label: string;
  /** Shares: of the honest ones that are further off than a threshold, and of the others. */
  readonly points: readonly (readonly [honest: number, other: number])[];
}

const SIDE = 340;
const [LEFT, TOP, LINE] = [56, 60, 20];
/** Apart from each other, and from white and black. */
const COLOURS = ["#1f6feb", "#d4620c", "#2a9d4a", "#9059e8", "#dc3545", "#7d8590"];

const x = (share: number) => (LEFT + share * SIDE).toFixed(1);
const y = (share: number) => (TOP + (1 - share) * SIDE).toFixed(1);

/** @param tokens of each answer */
export function rocOf(series: readonly Series[], tokens: number): string {
  const title = `Answers of ${tokens} tokens, computed again`;
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((tick) => [
    `<line x1="${x(0)}" x2="${x(1)}" y1="${y(tick)}" y2="${y(tick)}" class="axis"/>`,
    text(LEFT - 8, Number(y(tick)) + 4, `${100 * tick} %`, 'class="quiet" text-anchor="end"'),
    text(Number(x(tick)), TOP + SIDE + 18, `${100 * tick} %`, 'class="quiet" text-anchor="middle"'),
  ]);
  const curves = series.flatMap(({ label, points }, n) => {
    const way = points.map(([honest, other]) => `${x(honest)},${y(other)}`).join(" ");
    const dashes = n >= COLOURS.length ? ' stroke-dasharray="5 4"' : "";
    const style = `fill="none" stroke-width="2" stroke="${COLOURS[n % COLOURS.length]}"${dashes}`;
    const [from, place] = [LEFT + SIDE + 24, TOP + 12 + n * LINE];
    return [
      `<polyline points="${x(0)},${y(0)} ${way}" ${style}/>`,
      `<polyline points="${from},${place - 4} ${from + 24},${place - 4}" ${style}/>`,
      text(from + 32, place, label),
    ];
  });
  const hint =
    "Across: honest answers that are further off; up: others that are. Up and to the left is better.";
  return picture(title, TOP + SIDE + 28, [
    text(0, 18, title, 'class="title"'),
    text(0, 38, hint, 'class="quiet"'),
    ...ticks,
    ...curves,
  ]);
}
