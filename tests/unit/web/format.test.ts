/** Numbers and dates in the reader's language. */
import { expect, test } from "vitest";
import { formatBytes, formatDuration, periodOf } from "../../../web/src/ui/format.ts";

test("bytes have the unit that suits them", () => {
  expect(formatBytes(0, "en")).toBe("0 byte");
  expect(formatBytes(98_362_432, "en")).toBe("98 MB");
  expect(formatBytes(2_100_000_000, "es")).toBe("2,1 GB");
});

test("durations are exact when they are short", () => {
  expect(formatDuration(123, "en")).toBe("0.12 s");
  expect(formatDuration(12_345, "en")).toBe("12 s");
});

test("days are counted by the calendar, not by 24 hours", () => {
  const now = new Date(2026, 0, 15, 0, 5);
  const at = (...date: [number, number, number, number]) => periodOf(new Date(...date), now);
  expect(at(2026, 0, 15, 0)).toBe("today");
  expect(at(2026, 0, 14, 23)).toBe("yesterday");
  expect(at(2026, 0, 14, 0)).toBe("yesterday");
  expect(at(2026, 0, 8, 12)).toBe("week");
  expect(at(2025, 11, 20, 12)).toBe("month");
  expect(at(2025, 9, 1, 12)).toBe("older");
  expect(at(2026, 0, 15, 23)).toBe("today");
});
