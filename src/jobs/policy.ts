/** The section `[jobs]` of the organisation's policy. */
import * as z from "zod";

const HOURS = /^(?:(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d)?$/;

export const jobsPolicy = z.strictObject({
  /** When nothing is computed but answers to people, by the server's clock: "22:00-06:00". */
  quiet_hours: z.string().regex(HOURS, 'are written as "22:00-06:00"').default(""),
  /** How many run at once of those that read and write files, and of those that download. */
  disk: z.int().min(1).max(16).default(1),
  net: z.int().min(1).max(16).default(2),
  /** How many of one person may be under way or waiting. */
  of_person: z.int().min(1).max(1000).default(50),
  /** How long those that have ended are shown. */
  keep_days: z.int().min(1).default(30),
});
export type JobsPolicy = z.output<typeof jobsPolicy>;

/** @param hours as the policy writes them; the end may be on the next day */
export function isQuiet(hours: string, now: Date): boolean {
  if (hours === "") return false;
  const [from = 0, to = 0] = hours.split("-").map((time) => {
    const [hour = 0, minute = 0] = time.split(":").map(Number);
    return 60 * hour + minute;
  });
  const at = 60 * now.getHours() + now.getMinutes();
  return from <= to ? from <= at && at < to : from <= at || at < to;
}
