/** What can happen to personal data, from the least to the most; the page uses this, too. */
export const MODES = ["off", "warn", "mask"] as const;
export type Mode = (typeof MODES)[number];

/** What the organisation asks of every chat. */
export interface Floor {
  /** The least that every chat does. */
  readonly floor: Mode;
  /** What a chat does that says nothing itself. */
  readonly default: Mode;
}

/** The stricter of what the organisation asks and what the chat wishes. */
export function modeOf({ floor, default: usual }: Floor, wish?: Mode): Mode {
  const wanted = wish ?? usual;
  return MODES.indexOf(wanted) > MODES.indexOf(floor) ? wanted : floor;
}
