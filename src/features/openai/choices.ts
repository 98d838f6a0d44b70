/** Several turns at once, read as one: each delta comes with the number of its choice. */
import type { RunTurn } from "../../core/turn.ts";
import type { Delta, Start, Turn } from "../../core/types.ts";
import { inOpenAiWords } from "./errors.ts";

export interface Part {
  readonly index: number;
  readonly delta: Delta;
}

export interface Choices {
  readonly starts: readonly Start[];
  /** The next delta after the starts; undefined when all turns have ended. */
  next(): Promise<Part | undefined>;
  /** Ends what still runs; one turn that fails ends the others too. */
  end(): Promise<void>;
}

type Source = AsyncIterator<Delta>;

/** Resolves when every turn has its start; what keeps one from it is thrown. */
export async function open(run: RunTurn, turns: readonly Turn[]): Promise<Choices> {
  const extras = turns[0]?.extras;
  const over = new AbortController();
  const sources = turns.map((turn) => {
    const signal = AbortSignal.any([turn.signal, over.signal]);
    return run({ ...turn, signal })[Symbol.asyncIterator]();
  });
  let ended = false;
  const end = async () => {
    if (ended) return; // to abort is dear: an error with its stack for every signal
    over.abort();
    await Promise.allSettled(sources.map((source) => source.return?.()));
  };
  try {
    const starts = await Promise.all(sources.map(startOf));
    const [only] = sources;
    const seen = (part: Part | undefined) => {
      ended = part === undefined;
      return part;
    };
    const fail = (thrown: unknown) => {
      throw inOpenAiWords(thrown, extras);
    };
    if (only && sources.length === 1) {
      // The usual case, for which `merged` would take twice the time of a delta.
      const toPart = (next: IteratorResult<Delta>) =>
        seen(next.done ? undefined : { index: 0, delta: next.value });
      return { starts, end, next: () => only.next().then(toPart, fail) };
    }
    const read = merged(sources);
    return { starts, end, next: () => read().then(seen, fail) };
  } catch (thrown) {
    await end();
    throw inOpenAiWords(thrown, extras);
  }
}

function merged(sources: readonly Source[]): () => Promise<Part | undefined> {
  const ready: ({ index: number; next: IteratorResult<Delta> } | { thrown: unknown })[] = [];
  let wake = () => {};
  // One delta of each is asked for ahead, so that no turn waits for another's reader.
  const ask = (source: Source, index: number) => {
    const arrive = (one: (typeof ready)[number]) => {
      ready.push(one);
      wake();
    };
    source.next().then(
      (next) => arrive({ index, next }),
      (thrown) => arrive({ thrown }),
    );
  };
  let running = sources.length;
  sources.forEach(ask);
  return async () => {
    while (running > 0) {
      const one = ready.shift();
      if (!one) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if ("thrown" in one) throw one.thrown;
      const { index, next } = one;
      if (next.done) {
        running -= 1;
        continue;
      }
      ask(sources[index] as Source, index);
      return { index, delta: next.value };
    }
    return undefined;
  };
}

async function startOf(source: Source): Promise<Start> {
  const first = await source.next();
  if (first.done || first.value.type !== "start") throw new TypeError("a turn opens with a start");
  return first.value.start;
}
