/**
 * The one class of error. It answers the reader's next question: what happened, what to do about
 * it, and whether trying again can help. Anything else that is thrown is a bug and becomes
 * `internal_error`.
 *
 * English stands where the error is thrown; Spanish stands in the `errors.es.json` of the same
 * folder under the same code, with the same `{parameters}`.
 */

export interface ErrorOptions {
  /** HTTP status; 500 if absent. */
  readonly status?: number;
  readonly message: string;
  /** What the reader can do next, in one sentence. */
  readonly hint: string;
  /** Whether the same request can succeed later, unchanged. */
  readonly retryable?: boolean;
  /** When to try again, in seconds, where it is known. */
  readonly retryAfter?: number | undefined;
  /** Which field of the request is at fault. */
  readonly param?: string;
  /**
   * Values for `{name}` in message and hint, kept apart so that they can be translated. `words` is
   * a text from outside, which no log is given.
   */
  readonly params?: Readonly<Record<string, string | number>>;
  readonly cause?: unknown;
}

/** How an error travels: OpenAI's shape, and the fields that OpenAI does not have. */
export type ErrorBody = ReturnType<CharlaError["toJSON"]>;

export class CharlaError extends Error {
  override readonly name = "CharlaError";
  readonly code: string;
  readonly status: number;
  readonly hint: string;
  readonly retryable: boolean;
  readonly retryAfter: number | undefined;
  readonly param: string | null;
  readonly params: Readonly<Record<string, string | number>>;

  constructor(code: string, options: ErrorOptions) {
    const params = options.params ?? {};
    super(fill(options.message, params), { cause: options.cause });
    this.code = code;
    this.status = options.status ?? 500;
    this.hint = fill(options.hint, params);
    this.retryable = options.retryable ?? (this.status === 429 || this.status === 503);
    this.retryAfter = options.retryAfter;
    this.param = options.param ?? null;
    this.params = params;
  }

  toJSON() {
    const { message, code, param, hint, retryable, retryAfter, params } = this;
    const type = this.status < 500 ? "invalid_request_error" : "server_error";
    return { message, type, code, param, hint, retryable, retryAfter, params };
  }

  /** Whatever was thrown, as the one class of error. */
  static from(thrown: unknown): CharlaError {
    if (thrown instanceof CharlaError) return thrown;
    return new CharlaError("internal_error", {
      message: "Something went wrong inside Charla.",
      hint: "The log has the details. Please report it together with the request id.",
      cause: thrown,
    });
  }
}

/** Replaces each `{name}` by its value and leaves unknown names as they are. */
export function fill(template: string, params: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}
