/** What the cost feature says over HTTP, and the same as CSV. */
import * as z from "zod";
import type { Row } from "./store.ts";

export const costQuery = z.object({
  /** The running one if absent. */
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, "is no month such as 2026-11")
    .optional(),
});

const used = {
  answers: z.number(),
  promptTokens: z.number(),
  /** Of these, those that were still in memory. */
  cachedTokens: z.number(),
  completionTokens: z.number(),
  /** Of the machine's time. */
  seconds: z.number(),
  cost: z.number(),
};

export const costReply = z.object({
  month: z.string(),
  /** All of which there is something. */
  months: z.array(z.string()),
  currency: z.string(),
  /** Of the machine, for an hour in which it computes. */
  perHour: z.number(),
  total: z.object(used),
  models: z.array(
    z.object({
      model: z.string(),
      ...used,
      /** Written, by the machine's time; null where it took none. */
      tokensPerSecond: z.number().nullable(),
      /** What 1,000 tokens that were written have cost; null where none was. */
      perThousand: z.number().nullable(),
    }),
  ),
  /** By person and model; the person is "" for who was erased. */
  items: z.array(z.object({ person: z.string(), model: z.string(), ...used })),
});
export type CostReply = z.output<typeof costReply>;

type Sums = CostReply["total"];

const toSums = ({ answers, prompt, cached, completion, seconds, cost }: Row): Sums => ({
  ...{ answers, promptTokens: prompt, cachedTokens: cached, completionTokens: completion },
  ...{ seconds, cost },
});

const sum = (rows: readonly Row[]): Sums => {
  const zero: Sums = {
    ...{ answers: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0, seconds: 0, cost: 0 },
  };
  return rows.map(toSums).reduce((total, one) => {
    const names = Object.keys(zero) as (keyof Sums)[];
    return Object.fromEntries(names.map((name) => [name, total[name] + one[name]])) as Sums;
  }, zero);
};

export type Frame = Pick<CostReply, "month" | "months" | "currency" | "perHour">;

/** @param rows of the frame's month */
export function toReply(rows: readonly Row[], frame: Frame): CostReply {
  const models = [...Map.groupBy(rows, ({ model }) => model)].map(([model, own]) => {
    const sums = sum(own);
    const { completionTokens, seconds, cost } = sums;
    return {
      ...{ model, ...sums },
      tokensPerSecond: seconds > 0 ? completionTokens / seconds : null,
      perThousand: completionTokens > 0 ? (cost / completionTokens) * 1000 : null,
    };
  });
  const items = rows.map((row) => ({ person: row.person, model: row.model, ...toSums(row) }));
  return { ...frame, total: sum(rows), models, items };
}

const COLUMNS = [
  ...["month", "person", "model", "answers", "prompt", "cached", "completion"],
  ...["seconds", "cost"],
] as const satisfies readonly (keyof Row)[];

/** Source: RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function toCsv(rows: readonly Row[], currency: string): string {
  const cell = (value: string | number) => {
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return `"${String(text).replaceAll('"', '""')}"`;
  };
  const head = [...COLUMNS, "currency"].map(cell).join(",");
  const lines = rows.map((row) =>
    [...COLUMNS.map((name) => row[name]), currency].map(cell).join(","),
  );
  return [head, ...lines, ""].join("\r\n");
}
