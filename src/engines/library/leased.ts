/** What a turn gets: an engine that stays where it is, or comes back, while the turn needs it. */
import type { Engine } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { Extras } from "../../core/types.ts";

/** Runs work on the engine that the turn holds; the signal ends a wait for it. */
export type Use = <T>(
  extras: Extras | undefined,
  signal: AbortSignal,
  work: (engine: Engine) => AsyncIterable<T>,
) => AsyncIterable<T>;

interface Hold {
  readonly use: Use;
  /** Of the turn. */
  readonly signal: AbortSignal;
  /** Called when the answer has ended. */
  giveBack(): void;
}

/** @param engine what the engine is and can do is that of this one */
export function leased(engine: Engine, { use, signal, giveBack }: Hold): Engine {
  async function once<T>(
    extras: Extras | undefined,
    end: AbortSignal,
    work: (engine: Engine) => Promise<T> | undefined,
  ): Promise<T> {
    const parts = use(extras, end, async function* (engine) {
      const result = await work(engine);
      if (result === undefined) throw new TypeError("a model loaded again can do what it could");
      yield result;
    });
    for await (const part of parts) return part;
    throw new TypeError("work on an engine gives one part");
  }
  const { tokenize, detokenize, score, scoreTokens, replay, embed, load, alive } = engine;
  const { card, exactCount, grants, openingTokens } = engine;
  return {
    ...{ card, exactCount, openingTokens },
    ...(grants && { grants }),
    countTokens: (messages, extras) =>
      once(extras, signal, (engine) => engine.countTokens(messages, extras)),
    async *generate(request) {
      try {
        yield* use(request.extras, request.signal, (engine) => engine.generate(request));
      } catch (thrown) {
        const { code } = CharlaError.from(thrown);
        if (!request.signal.aborted || code !== "turn_cancelled") throw thrown;
        // It was told to stop while it waited for its model: nothing was read, nothing written.
        yield { reason: "stop", promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
      } finally {
        giveBack();
      }
    },
    ...(tokenize && {
      tokenize: (text: string) => once({}, signal, (engine) => engine.tokenize?.(text, signal)),
    }),
    ...(detokenize && {
      detokenize: (tokens: readonly number[]) =>
        once({}, signal, (engine) => engine.detokenize?.(tokens, signal)),
    }),
    ...(score &&
      ({
        score: (text, options) =>
          once(adapterOf(options), options.signal, (engine) => engine.score?.(text, options)),
      } satisfies Pick<Engine, "score">)),
    ...(scoreTokens &&
      ({
        scoreTokens: (tokens, options) =>
          once(adapterOf(options), options.signal, (engine) =>
            engine.scoreTokens?.(tokens, options),
          ),
      } satisfies Pick<Engine, "scoreTokens">)),
    ...(replay &&
      ({
        replay: (request) =>
          once(request.extras, request.signal, (engine) => engine.replay?.(request)),
      } satisfies Pick<Engine, "replay">)),
    ...(embed && {
      embed: (texts: readonly string[], end: AbortSignal) =>
        once({}, end, (engine) => engine.embed?.(texts, end)),
    }),
    ...(load && { load: () => load.call(engine) }),
    ...(alive && { alive: () => alive.call(engine) }),
    close: async () => {},
  };
}

const adapterOf = ({ adapter }: Extras): Extras => (adapter === undefined ? {} : { adapter });
