/**
 * Long work in slices, so that one request never keeps the others waiting: between two slices of
 * whatever long work there is, everything else that is ready gets its turn. All long work shares one
 * lane, so that a hundred pieces of it take no more of the others' time than one.
 */

/** Milliseconds of work before others get their turn. */
const SLICE_MS = 10;

const waiting: (() => void)[] = [];
let moving = false;

function move(): void {
  const next = waiting.shift();
  moving = next !== undefined;
  if (!next) return;
  setImmediate(move);
  next();
}

/** Resolved when it is this work's turn again. */
function others(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.push(resolve);
  if (!moving) {
    moving = true;
    setImmediate(move);
  }
  return promise;
}

/**
 * For loops of asynchronous work: called in each round, it lets others in when a slice is over.
 *
 * @param signal of who waits for it. @throws its reason once nobody does any more
 */
export function pauses(signal?: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE_MS) return;
    await others();
    signal?.throwIfAborted();
    since = performance.now();
  };
}

/** Work that says by each `yield` that others may come in between: after some milliseconds. */
export type Sliced<Result> = Generator<void, Result, void>;

/** Does it with all others in between. */
export async function inSlices<Result>(work: Sliced<Result>): Promise<Result> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await others();
  }
}

/** Does it in one piece, where nobody else waits. */
export function atOnce<Result>(work: Sliced<Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
