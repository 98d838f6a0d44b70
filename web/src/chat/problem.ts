/**
 * What went wrong, in the reader's language: the server's errors by their code, and the browser's
 * own (no connection) in the same shape.
 */
import type { ErrorBody } from "../../../src/core/errors.ts";
import spanish from "../../../src/locales/errors.es.json" with { type: "json" };
import { fill, language, t } from "./language.ts";

export type Problem = Pick<ErrorBody, "code" | "message" | "hint" | "retryable" | "params">;

export class RequestError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof RequestError) return thrown.problem;
  // fetch() rejects with a TypeError when there is no answer at all.
  const code = thrown instanceof TypeError ? "offline" : "unexpected";
  const message = t(`error.${code}`, { reason: String(thrown) });
  return { code, message, hint: t(`error.${code}.hint`), retryable: true, params: {} };
}

/** Message and hint; in English where there is no translation. */
export function explain(problem: Problem): { message: string; hint: string } {
  const table: Record<string, { message: string; hint: string } | undefined> = spanish;
  const found = language() === "es" ? table[problem.code] : undefined;
  const { message, hint } = found ?? problem;
  return { message: fill(message, problem.params), hint: fill(hint, problem.params) };
}

/** fetch(), with answers other than 2xx thrown as {@link RequestError}. */
export async function request(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(path, init);
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as { error?: Problem };
  throw body.error ? new RequestError(body.error) : new Error(`HTTP ${response.status}`);
}
