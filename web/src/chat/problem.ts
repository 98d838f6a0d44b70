/**
 * What went wrong, in the reader's language: the server's errors by their code, and the browser's
 * own (no connection) in the same shape.
 */
import { type ErrorBody, fill } from "../../../src/core/errors.ts";
import type { Spanish } from "../../../src/core/words.ts";
import { language, t } from "./language.ts";

/** Words for errors by their codes; filled for who reads Spanish, since they are many. */
const SPANISH: Spanish = Object.create(null);
export const learnSpanish = async () =>
  Object.assign(SPANISH, ...Object.values((await import("./spanish.ts")).default));
const learned = language() === "es" && learnSpanish().catch(() => undefined);

export type Problem = Pick<ErrorBody, "code" | "message" | "hint" | "retryable" | "params"> &
  Partial<Pick<ErrorBody, "retryAfter">>;

/** An error with its problem as the cause. */
export const failure = (problem: Problem) => new Error(problem.message, { cause: problem });

export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Error && thrown.cause) return thrown.cause as Problem;
  // fetch() rejects with a TypeError when there is no answer at all.
  const code = thrown instanceof TypeError ? "offline" : "unexpected";
  const [message, hint] = [t(`error.${code}`), t(`error.${code}.hint`)];
  return { code, message, hint, retryable: true, params: { reason: String(thrown) } };
}

/** Message and hint; in English where there is no translation. */
export function explain(problem: Problem): readonly [message: string, hint: string] {
  const { message, hint } = (language() === "es" && SPANISH[problem.code]) || problem;
  return [fill(message, problem.params), fill(hint, problem.params)];
}

/** fetch(), with a thrown {@link failure} for answers other than 2xx. */
export async function request(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(path, init);
  if (response.ok) return response;
  throw failure((await Promise.all([response.json(), learned]))[0].error);
}
