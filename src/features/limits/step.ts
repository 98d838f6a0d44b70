/**
 * The layer around every turn of somebody who has an account: how many answers at once, and tokens
 * by minute and month, counted while they are written and also when nobody waits for them any more.
 */
import type { Asker } from "../../core/access.ts";
import "../../core/extras.ts";
import type { RunTurn, Step } from "../../core/turn.ts";
import type { Delta, Turn } from "../../core/types.ts";
import { type Bucket, type Crowd, levelOf } from "./buckets.ts";
import type { Budget } from "./budget.ts";
import { tooManyAnswers, tooManyTokens } from "./errors.ts";

export interface Meters {
  readonly answers: Crowd;
  readonly person: Bucket;
  readonly key: Bucket;
  /** Absent on the command line. */
  readonly budget?: Budget | undefined;
}

export function meter(meters: Meters): Step {
  const { budget } = meters;
  // Who has no limits is spared a layer around each piece of the answer.
  return (turn, next) =>
    turn.asker && turn.asker.via !== "solo" && budget
      ? metered({ ...meters, budget }, turn.asker, turn, next)
      : next(turn);
}

async function* metered(
  meters: Meters & { readonly budget: Budget },
  asker: Asker,
  turn: Turn,
  next: RunTurn,
): AsyncGenerator<Delta> {
  const { answers, person, key, budget } = meters;
  const { sampling, origin } = turn;
  await using after = new AsyncDisposableStack();
  // A title is asked for by us, beside the answer that it belongs to.
  const leave = origin === "title" ? () => {} : answers.enter(asker.id);
  if (!leave) throw tooManyAnswers(answers.limit);
  after.defer(leave);
  const level = await levelOf(meters, asker);
  if (level && level.remaining === 0) throw tooManyTokens(level.limit, level.resetMs);
  const share = await budget.open(asker.id, sampling.maxTokens);
  after.defer(() => share.close());

  let charged = 0;
  /** @param total tokens of the whole answer so far */
  const charge = async (total: number) => {
    const more = total - charged;
    if (more <= 0) return;
    charged = total;
    share.charge(more);
    await person.take(asker.id, more);
    if (asker.via === "key") await key.take(asker.credential, more);
  };
  const maxTokens = Math.min(sampling.maxTokens, share.tokens);
  for await (const delta of next({ ...turn, sampling: { ...sampling, maxTokens } })) {
    // A piece is a token or more of them; the exact number comes at the end, if it comes.
    if (delta.type === "text") await charge(charged + Math.max(1, delta.tokens?.length ?? 1));
    if (delta.type === "finish") await charge(delta.finish.completionTokens);
    yield delta;
  }
}
