/** A picture of curves over steps, as the pictures of evaluations are drawn; and all of it in words. */
import { scaleLinear } from "d3-scale";
import { useId, useLayoutEffect, useRef, useState } from "react";
import { language } from "../../chat/language.ts";
import { formatNumber } from "../../ui/format.ts";
import { t } from "./words.ts";

export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Drawn faintly behind it: what it is the mean of. */
  readonly raw?: readonly { readonly x: number; readonly y: number }[];
}

interface Props {
  readonly title: string;
  readonly hint: string;
  readonly series: readonly Series[];
  readonly digits: number;
  /** Each point is one that was measured, and gets a dot. */
  readonly dots?: boolean;
  readonly height?: number;
}

const BOX = { left: 46, right: 12, top: 10, bottom: 26 };
export const COLOURS = 6;

/** Nothing as long as there is no point. */
export const Chart = (props: Props) =>
  props.series.some(({ points }) => points.length > 0) ? <Drawn {...props} /> : null;

function Drawn({ title, hint, series, digits, dots = false, height = 210 }: Props) {
  const id = useId();
  const figure = useRef<HTMLElement>(null);
  const width = useWidth(figure);
  const drawn = series.filter(({ points }) => points.length > 0);
  const all = drawn.flatMap(({ points }) => points);
  const values = all.map(({ y }) => y);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || Math.abs(high) || 1) * 0.1;
  const ends = [Math.max(0, low - margin), high + margin];
  const steps = [Math.min(...all.map(({ x }) => x)), Math.max(1, ...all.map(({ x }) => x))];
  const x = scaleLinear(steps, [BOX.left, width - BOX.right]);
  const y = scaleLinear(ends, [height - BOX.bottom, BOX.top]).nice(4);
  const say = (value: number) => formatNumber(value, language(), digits);
  const path = (points: Series["points"]) =>
    points.map((one) => `${x(one.x).toFixed(1)},${y(one.y).toFixed(1)}`).join(" ");
  const says = drawn.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) return name;
    const told = { name, from: say(first.y), first: first.x, to: say(last.y), last: last.x };
    return t("chart.says", told);
  });
  const whole = x.ticks(width < 400 ? 3 : 6).filter((tick) => Number.isInteger(tick));
  return (
    <figure className="training-chart" ref={figure} aria-labelledby={id}>
      <figcaption>
        <strong id={id}>{title}</strong>
        <span className="hint">{hint}</span>
      </figcaption>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={`${title}. ${says.join("; ")}`}
        viewBox={`0 0 ${width} ${height}`}
      >
        {y.ticks(4).map((tick) => (
          <g key={tick}>
            <line className="axis" x1={BOX.left} x2={width - BOX.right} y1={y(tick)} y2={y(tick)} />
            <text x={BOX.left - 8} y={y(tick) + 4} textAnchor="end">
              {tickText(tick, digits)}
            </text>
          </g>
        ))}
        {whole.map((tick) => (
          <text key={tick} x={x(tick)} y={height - 8} textAnchor="middle">
            {formatNumber(tick, language())}
          </text>
        ))}
        {drawn.map(({ name, points, raw }) => {
          const colour = colourOf(series, name);
          return (
            <g key={name} className={colour}>
              {raw && <polyline className="raw" points={clipped(raw, ends, path)} />}
              <polyline points={path(points)} />
              {(dots || points.length === 1) &&
                points.map((one) => <circle key={one.x} cx={x(one.x)} cy={y(one.y)} r={3.5} />)}
            </g>
          );
        })}
      </svg>
      {series.length > 1 && (
        <ul className="training-legend">
          {drawn.map(({ name, points }) => (
            <li key={name} className={colourOf(series, name)}>
              <span aria-hidden="true" /> {name}: {say(points.at(-1)?.y ?? 0)}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

const colourOf = (series: readonly Series[], name: string) =>
  `series-${series.findIndex((one) => one.name === name) % COLOURS}`;

/** What is off the scale of the means would leave the picture. */
function clipped(
  raw: Series["points"],
  [low = 0, high = 0]: readonly number[],
  path: (points: Series["points"]) => string,
): string {
  return path(raw.map(({ x, y }) => ({ x, y: Math.min(high, Math.max(low, y)) })));
}

function tickText(tick: number, digits: number): string {
  if (tick !== 0 && Math.abs(tick) < 10 ** -digits)
    return tick.toExponential(0).replace("e-", "e−");
  return formatNumber(tick, language(), digits);
}

/** In pixels, so that letters are of one size on every screen. */
function useWidth(box: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(600);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setWidth(Math.max(240, element.clientWidth));
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
