/** What time it is, in any time zone that the system knows. */
import { CharlaError } from "../../../core/errors.ts";

/** @param zone IANA name, such as "Europe/Madrid"; the server's own if absent */
export function tellTime(now: Date, zone?: string): string {
  const timeZone = zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-GB", {
      ...{ weekday: "long", year: "numeric", month: "2-digit", day: "2-digit" },
      ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false },
      ...{ timeZoneName: "longOffset", timeZone },
    });
  } catch (cause) {
    throw new CharlaError("zone_unknown", {
      status: 400,
      message: "There is no time zone {zone}.",
      hint: "Take the name of a region and a city, such as Europe/Madrid.",
      params: { zone: timeZone.slice(0, 60) },
      cause,
    });
  }
  const part = Object.fromEntries(
    format.formatToParts(now).map(({ type, value }) => [type, value]),
  );
  const { weekday, year, month, day, hour, minute, second, timeZoneName } = part;
  const offset = timeZoneName?.replace("GMT", "UTC").replace("UTC+00:00", "UTC");
  return `${weekday}, ${year}-${month}-${day} ${hour}:${minute}:${second} (${timeZone}, ${offset})`;
}
