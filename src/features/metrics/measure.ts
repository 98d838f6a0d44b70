/**
 * The step around every turn that measures it: what came of it, its tokens and its times. It reads
 * no text, only that there is some.
 */
import { type Watch, watching } from "../../core/deltas.ts";
import { CharlaError } from "../../core/errors.ts";
import type { Asking } from "../../core/feature.ts";
import type { Guarded } from "../../core/provenance.ts";
import type { Step } from "../../core/turn.ts";
import type { Delta, Finish, ModelCard, Text, Turn } from "../../core/types.ts";

export interface Measured {
  readonly origin: string;
  readonly request: string | undefined;
  /** Id of the model that answered; unknown when the turn failed before there was one. */
  readonly model: string | undefined;
  /** SHA-256 of the model's file. */
  readonly digest: string | undefined;
  /** ISO time. */
  readonly startedAt: string;
  /** What the guard has found, in numbers and names of its own. */
  readonly guard: Verdicts | undefined;
  /** "stop", "length", "cancelled", or the code of the error. */
  readonly outcome: string;
  /** Set when the turn failed. */
  readonly error: CharlaError | undefined;
  /** Milliseconds from the turn's beginning to its first text, and to its end. */
  readonly firstTokenMs: number | undefined;
  readonly totalMs: number;
  /** Absent when the turn failed, or its reader left. */
  readonly finish: Finish | undefined;
}

type Verdicts = Pick<Guarded, "score" | "signs" | "removed" | "withheld">;

/** What is under way at this moment. */
export class Activity {
  /** Turns that have begun and not ended. */
  running = 0;
  /** Tokens of all answers so far, as far as an engine sends one at a time. */
  tokens = 0;
}

/**
 * @param asking gives the request that the caller works for
 * @param done is called once for each turn, and must not throw
 */
export function measure(
  activity: Activity,
  asking: () => Asking | undefined,
  done: (measured: Measured) => void,
): Step {
  return (turn, next) => {
    // Who reads the deltas later may no longer work for the request.
    const observed = new Observed(turn, activity, asking(), done);
    const open = () => {
      activity.running += 1;
      return next(turn);
    };
    return watching(open, observed);
  };
}

class Observed implements Watch {
  readonly #turn: Turn;
  readonly #activity: Activity;
  readonly #asking: Asking | undefined;
  readonly #done: (measured: Measured) => void;
  readonly #began = performance.now();
  readonly #startedAt = new Date().toISOString();
  #model: ModelCard | undefined;
  #guard: Guarded | undefined;
  #firstTokenMs: number | undefined;
  #told = false;

  constructor(
    turn: Turn,
    activity: Activity,
    asking: Asking | undefined,
    done: (measured: Measured) => void,
  ) {
    this.#turn = turn;
    this.#activity = activity;
    this.#asking = asking;
    this.#done = done;
  }

  start(delta: Delta & { readonly type: "start" }): Delta {
    this.#model = delta.start.model;
    this.#guard = delta.start.guard;
    if (this.#asking) this.#asking.model = delta.start.model.id;
    return delta;
  }

  text(delta: Text): Delta {
    this.#firstTokenMs ??= performance.now() - this.#began;
    this.#activity.tokens += delta.tokens?.length ?? 1;
    return delta;
  }

  finish(delta: Delta & { readonly type: "finish" }): Delta {
    this.#guard = { ...this.#guard, ...delta.finish.guard };
    this.#tell(delta.finish.reason, delta.finish);
    return delta;
  }

  fail(thrown: unknown): void {
    // An engine may answer an abort by throwing it.
    const error = this.#turn.signal.aborted ? undefined : CharlaError.from(thrown);
    this.#tell(error?.code ?? "cancelled", undefined, error);
  }

  end(): void {
    this.#tell("cancelled");
  }

  /** Only what is told first counts. */
  #tell(outcome: string, finish?: Finish, error?: CharlaError): void {
    if (this.#told) return;
    this.#told = true;
    this.#activity.running -= 1;
    const asking = this.#asking;
    if (asking && finish?.timings) asking.timings = finish.timings;
    const totalMs = performance.now() - this.#began;
    const { id: model, digest } = this.#model ?? {};
    const about = {
      ...{ origin: this.#turn.origin, request: asking?.id, model, digest },
      ...{ startedAt: this.#startedAt, guard: verdictsOf(this.#guard) },
    };
    const firstTokenMs = this.#firstTokenMs;
    this.#done({ ...about, outcome, error, firstTokenMs, totalMs, finish });
  }
}

/** Without the names of documents and pages, which are texts of somebody. */
function verdictsOf(guard: Guarded = {}): Verdicts | undefined {
  const { sources: _, ...verdicts } = guard;
  return Object.keys(verdicts).length > 0 ? verdicts : undefined;
}

/**
 * A turn as one line of the log; it holds no text of anybody.
 *
 * @param policy version of the organisation's policy that was in force
 */
export function toRecord({ finish, error, ...measured }: Measured, policy?: string): object {
  const { request, origin, model, outcome, firstTokenMs, totalMs } = measured;
  const { digest, startedAt, guard } = measured;
  const { promptTokens, cachedTokens, completionTokens, timings } = finish ?? {};
  return {
    ...{ event: "turn", level: levelOf(error), request, origin, model, digest, policy, outcome },
    ...{ startedAt, guard },
    ...{ promptTokens, cachedTokens, completionTokens },
    queueMs: round(timings?.queueMs),
    prefillMs: round(timings?.prefillMs),
    decodeMs: round(timings?.decodeMs),
    firstTokenMs: round(firstTokenMs),
    totalMs: round(totalMs),
  };
}

/** What the client got wrong is nothing that the server's keeper could mend. */
function levelOf(error: CharlaError | undefined): "info" | "warn" | "error" {
  if (!error) return "info";
  return error.status < 500 ? "warn" : "error";
}

const round = (ms: number | undefined) => (ms === undefined ? ms : Math.round(ms * 10) / 10);
