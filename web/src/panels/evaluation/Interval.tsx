/** A value with its interval: a dot on a line, and the same in numbers. */
import { language } from "../../chat/language.ts";
import { formatNumber } from "../../ui/format.ts";

interface Props {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Ends of the scale, the same for all that are compared. */
  readonly from: number;
  readonly to: number;
  readonly digits: number;
}

const WIDTH = 160;
const EDGE = 6;

export function Interval({ value, low, high, from, to, digits }: Props) {
  const span = Math.max(to - from, Number.EPSILON);
  const at = (one: number) => EDGE + ((one - from) / span) * (WIDTH - 2 * EDGE);
  const say = (one: number) => formatNumber(one, language(), digits);
  return (
    <span className="interval">
      <svg viewBox={`0 0 ${WIDTH} 16`} aria-hidden="true">
        <line className="interval-scale" x1={EDGE} x2={WIDTH - EDGE} y1={8} y2={8} />
        <line className="interval-line" x1={at(low)} x2={at(high)} y1={8} y2={8} />
        <circle cx={at(value)} cy={8} r={4.5} />
      </svg>
      <span>
        {say(value)}{" "}
        <span className="hint">
          ({say(low)}–{say(high)})
        </span>
      </span>
    </span>
  );
}
