/** The picture of how many others are found for how many honest answers that are accused. */
import { scaleLinear } from "d3-scale";
import { at, COLOURS, line, picture, text } from "../../src/features/evaluation/pictures/frame.ts";

export interface Series {
  readonly label: string;
  /** Shares: of the honest ones that are further off than a threshold, and of the others. */
  readonly points: readonly (readonly [honest: number, other: number])[];
}

const SIDE = 340;
const BOX = { left: 56, top: 60 };
const LINE = 20;

/** @param tokens of each answer */
export function rocOf(series: readonly Series[], tokens: number): string {
  const x = scaleLinear([0, 1], [BOX.left, BOX.left + SIDE]);
  const y = scaleLinear([0, 1], [BOX.top + SIDE, BOX.top]);
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((tick) => [
    line([x(0), y(tick)], [x(1), y(tick)], "axis"),
    text(x(0) - 8, y(tick) + 4, `${100 * tick} %`, 'class="quiet" text-anchor="end"'),
    text(x(tick), y(0) + 18, `${100 * tick} %`, 'class="quiet" text-anchor="middle"'),
  ]);
  const curves = series.flatMap(({ label, points }, n) => {
    const way = points.map(([honest, other]) => `${at(x(honest))},${at(y(other))}`).join(" ");
    const place = BOX.top + 12 + n * LINE;
    const style = `class="line l${n % COLOURS}"${n >= COLOURS ? ' stroke-dasharray="5 4"' : ""}`;
    const mark = BOX.left + SIDE + 24;
    return [
      `<polyline points="${at(x(0))},${at(y(0))} ${way}" ${style}/>`,
      `<polyline points="${at(mark)},${at(place - 4)} ${at(mark + 24)},${at(place - 4)}" ${style}/>`,
      text(mark + 32, place, label),
    ];
  });
  const words = {
    title: `Answers of ${tokens} tokens, computed again`,
    hint: "Across: honest answers that are further off; up: others that are. Up and to the left is better.",
    says: series.map(({ label, points }) => `${label}: ${foundAt(points)}`).join("; "),
    language: "en" as const,
  };
  return picture(words, Math.max(BOX.top + SIDE + 28, BOX.top + series.length * LINE), [
    ...ticks,
    ...curves,
  ]);
}

const foundAt = (points: Series["points"]) => {
  const found = points.filter(([honest]) => honest === 0).map(([, other]) => other);
  return `${Math.round(100 * Math.max(0, ...found))} % found with no honest answer accused`;
};
