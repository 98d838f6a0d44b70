/** Numbers and dates as the reader's language writes them. */

/** @param bytes decimal units, as shops and download pages count them */
export function formatBytes(bytes: number, language: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const maximumFractionDigits = power < 3 ? 0 : 1;
  const style = { style: "unit", unit: units[power], unitDisplay: "short" } as const;
  return new Intl.NumberFormat(language, { ...style, maximumFractionDigits }).format(
    bytes / 1000 ** power,
  );
}

export function formatNumber(value: number, language: string, digits = 0): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

/** @param ms milliseconds */
export function formatDuration(ms: number, language: string): string {
  const seconds = ms / 1000;
  return `${formatNumber(seconds, language, seconds < 10 ? 2 : 0)} s`;
}

/** "3 Nov", and the year where it is another one. */
export function formatDay(date: Date, language: string, now = new Date()): string {
  const year = date.getFullYear() === now.getFullYear() ? {} : { year: "numeric" as const };
  const shown = { day: "numeric", month: "short", ...year } as const;
  return new Intl.DateTimeFormat(language, shown).format(date);
}

export type Period = "today" | "yesterday" | "week" | "month" | "older";

/** Which heading of the list a date belongs under, by the reader's calendar. */
export function periodOf(date: Date, now: Date): Period {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const days = Math.ceil((midnight - date.getTime()) / 86_400_000);
  if (days <= 0) return "today";
  if (days === 1) return "yesterday";
  if (days <= 7) return "week";
  return days <= 30 ? "month" : "older";
}
