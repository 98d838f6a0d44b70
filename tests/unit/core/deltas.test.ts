/** Deltas that are watched pass exactly as through a generator, however they are read and end. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Watch, watching } from "../../../src/core/deltas.ts";
import type { Delta } from "../../../src/core/types.ts";

type Open = () => AsyncIterable<Delta> | Promise<AsyncIterable<Delta>>;

/** What `watching` is to be the same as. */
async function* generated(open: Open, watch: Watch): AsyncGenerator<Delta> {
  try {
    for await (const delta of await open()) {
      const look = delta.type === "waiting" ? undefined : watch[delta.type];
      const passed = look ? await look.call(watch, delta as never) : delta;
      if (passed) yield passed;
    }
  } catch (thrown) {
    watch.fail?.(thrown);
    throw thrown;
  } finally {
    await watch.end?.();
  }
}

const HOW = ["same", "other", "drop", "throw", "later", "later drop", "later throw"] as const;
const ENDS = ["quiet", "throw", "later", "later throw"] as const;
const plan = fc.record({
  open: fc.constantFrom("now", "now", "later", "throw", "later throw"),
  deltas: fc.array(
    fc.record({
      type: fc.constantFrom("start", "text", "text", "waiting", "finish"),
      how: fc.oneof({ weight: 5, arbitrary: fc.constant("same") }, fc.constantFrom(...HOW)),
    }),
    { maxLength: 8 },
  ),
  breaks: fc.boolean(),
  breaksOnReturn: fc.boolean(),
  end: fc.oneof({ weight: 3, arbitrary: fc.constant("quiet") }, fc.constantFrom(...ENDS)),
  watched: fc.boolean(),
});
type Plan = typeof plan extends fc.Arbitrary<infer Value> ? Value : never;

/** Runs a plan and writes down all that happens. */
function play(make: typeof watching | typeof generated, plan: Plan) {
  const log: string[] = [];
  const source = async function* (): AsyncGenerator<Delta> {
    let over = false;
    const close = () => {
      log.push("source over");
      if (plan.breaksOnReturn && !over) throw new Error("source left");
    };
    try {
      for (const [at, { type }] of plan.deltas.entries()) {
        log.push(`source ${at}`);
        yield { type, text: String(at), [type]: {} } as unknown as Delta;
      }
      over = true;
      if (plan.breaks) throw new Error("source");
    } finally {
      close();
    }
  };
  const given = (): AsyncIterable<Delta> => {
    log.push("open");
    if (plan.open.endsWith("throw")) throw new Error("open");
    return source();
  };
  const open: Open = () =>
    plan.open.startsWith("later") ? Promise.resolve().then(given) : given();
  const look = (delta: Delta): Delta | undefined => {
    const at = Number((delta as { text: string }).text);
    const how = plan.deltas[at]?.how ?? "same";
    log.push(`look ${at}`);
    if (how.endsWith("throw")) throw new Error(`look ${at}`);
    if (how.endsWith("drop")) return undefined;
    return how === "same" ? delta : { type: "text", text: `other ${at}` };
  };
  const passed = (delta: Delta) => {
    const at = Number((delta as { text: string }).text);
    const later = plan.deltas[at]?.how.startsWith("later");
    return later ? Promise.resolve().then(() => look(delta)) : look(delta);
  };
  const end = () => {
    log.push("end");
    if (plan.end.endsWith("throw")) throw new Error("end");
  };
  const watch: Watch = {
    ...(plan.watched && { start: passed, text: passed, finish: passed }),
    fail: (thrown) => void log.push(`fail ${(thrown as Error).message}`),
    end: () => (plan.end.startsWith("later") ? Promise.resolve().then(end) : end()),
  };
  const deltas = make(open, watch)[Symbol.asyncIterator]();
  const tell = (done: Promise<IteratorResult<Delta>>) =>
    done.then(
      ({ done, value }) => (done ? "done" : JSON.stringify(value)),
      (thrown: Error) => `thrown ${thrown.message}`,
    );
  return {
    log,
    next: () => tell(deltas.next()),
    leave: () => tell(deltas.return?.() as Promise<IteratorResult<Delta>>),
  };
}

test("read to any place, left or failed: the same happens in the same order", async () => {
  await fc.assert(
    fc.asyncProperty(plan, fc.nat(10), fc.nat(2), async (plan, reads, after) => {
      const told = async (make: typeof watching | typeof generated) => {
        const { log, next, leave } = play(make, plan);
        for (let n = 0; n < reads; n++) log.push(`read ${await next()}`);
        log.push(`left ${await leave()}`);
        for (let n = 0; n < after; n++) log.push(`read ${await next()}`);
        log.push(`left ${await leave()}`);
        return log;
      };
      expect(await told(watching)).toEqual(await told(generated));
    }),
    { numRuns: 1000 },
  );
});

test("left while a delta is awaited: that one still comes, and the end comes once", async () => {
  const kept = fc.tuple(plan, fc.nat(8)).map(([plan, reads]) => ({
    reads,
    plan: { ...plan, deltas: plan.deltas.map((one) => ({ ...one, how: "same" })) } as Plan,
  }));
  await fc.assert(
    fc.asyncProperty(kept, async ({ plan, reads }) => {
      const told = async (make: typeof watching | typeof generated) => {
        const { log, next, leave } = play(make, plan);
        for (let n = 0; n < reads; n++) await next();
        const [read] = await Promise.all([next(), leave()]);
        const last = [await next(), await leave()];
        return { log, read, last };
      };
      expect(await told(watching)).toEqual(await told(generated));
    }),
    { numRuns: 1000 },
  );
});

test("left before anything was asked for, nothing has begun and nothing ends", async () => {
  const plan = { open: "now", deltas: [], breaks: true, breaksOnReturn: true, watched: true };
  const { log, next, leave } = play(watching, { ...plan, end: "quiet" } as Plan);
  expect([await leave(), await next(), await leave()]).toEqual(["done", "done", "done"]);
  expect(log).toEqual([]);
});
