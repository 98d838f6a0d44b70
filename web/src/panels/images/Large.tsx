/** An image as large as there is room, with the lines that were found on it marked. */
import type { Recognised } from "../../../../src/features/images/api.ts";

/** Lines below this are marked: their text should be looked at. */
const SURE = 0.75;

interface Props {
  readonly url: string;
  readonly alt: string;
  readonly found: Recognised | null;
}

export const Large = ({ url, alt, found }: Props) => (
  <div className="large">
    <img src={url} alt={alt} />
    {found && (
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {found.lines.map(({ text, box: [x, y, width, height], sure }) => (
          <rect
            key={`${x} ${y} ${text}`}
            {...{ x, y, width, height }}
            className={sure < SURE ? "unsure" : undefined}
          />
        ))}
      </svg>
    )}
  </div>
);
