/**
 * The layer around every turn of somebody who has an account: how many answers at once, and tokens
 * by minute and month, counted while they are written and also when nobody waits for them any more.
 */
import type { Asker } from "../../core/access.ts";
import { watching } from "../../core/deltas.ts";
import "../../core/extras.ts";
import type { RunTurn, Step } from "../../core/turn.ts";
import type { Delta, Turn } from "../../core/types.ts";
import { type Bucket, type Crowd, levelOf } from "./buckets.ts";
import type { Budget, Share } from "./budget.ts";
import { tooManyAnswers, tooManyTokens } from "./errors.ts";

/** So many tokens are counted within their minute at once, which takes a while for each time. */
const TOGETHER = 16;

export interface Meters {
  readonly answers: Crowd;
  readonly person: Bucket;
  readonly key: Bucket;
  readonly budget: Budget;
}

export function meter(meters: Meters): Step {
  // Who has no limits is spared a layer around each piece of the answer.
  return (turn, next) =>
    turn.asker && turn.asker.via !== "solo" ? metered(meters, turn.asker, turn, next) : next(turn);
}

function metered(meters: Meters, asker: Asker, turn: Turn, next: RunTurn): AsyncIterable<Delta> {
  const { answers, person, key, budget } = meters;
  const { sampling, origin } = turn;
  const after = new AsyncDisposableStack();
  let share: Share;
  /** Tokens of the whole answer: so far, and those of them that are counted within their minute. */
  let [written, taken] = [0, 0];
  const write = (total: number) => {
    if (total <= written) return;
    share.charge(total - written);
    written = total;
  };
  const take = async () => {
    const more = written - taken;
    if (more === 0) return;
    taken = written;
    await person.take(asker.id, more);
    if (asker.via === "key") await key.take(asker.credential, more);
  };
  const open = async () => {
    // A title is asked for by us, beside the answer that it belongs to.
    const leave = origin === "title" ? () => {} : answers.enter(asker.id);
    if (!leave) throw tooManyAnswers(answers.limit);
    after.defer(leave);
    const level = await levelOf(meters, asker);
    if (level && level.remaining === 0) throw tooManyTokens(level.limit, level.resetMs);
    share = await budget.open(asker.id, sampling.maxTokens);
    after.defer(() => share.close());
    after.defer(take);
    const maxTokens = Math.min(sampling.maxTokens, share.tokens);
    return next({ ...turn, sampling: { ...sampling, maxTokens } });
  };
  return watching(open, {
    text(delta) {
      // A piece is a token or more of them; the exact number comes at the end, if it comes.
      write(written + Math.max(1, delta.tokens?.length ?? 1));
      return written - taken < TOGETHER ? delta : take().then(() => delta);
    },
    async finish(delta) {
      write(delta.finish.completionTokens);
      await take();
      return delta;
    },
    end: () => after.disposeAsync(),
  });
}
