/** A quiet curve of the last minute, newest at the right; it grows to the highest value in it. */
import { HISTORY } from "./store.ts";

const HEIGHT = 24;

interface Props {
  readonly values: readonly number[];
  readonly label: string;
}

export function Curve({ values, label }: Props) {
  const top = Math.max(1, ...values);
  const first = HISTORY - values.length;
  const points = values.map((value, index) => {
    const y = HEIGHT - (value / top) * (HEIGHT - 2) - 1;
    return `${first + index},${y.toFixed(2)}`;
  });
  const last = HISTORY - 1;
  return (
    <svg
      className="curve"
      viewBox={`0 0 ${last} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {points.length > 1 && (
        <>
          <polygon points={`${first},${HEIGHT} ${points.join(" ")} ${last},${HEIGHT}`} />
          <polyline points={points.join(" ")} />
        </>
      )}
    </svg>
  );
}
