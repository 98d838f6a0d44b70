/**
 * How often a replay accuses an honest answer: many short answers, sixteen at once, each computed again
 * by the same file in other batches, slots and threads. Each replay is a line of a file as soon as it is
 * known, so that a run which is stopped goes on where it was.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Engine } from "../../src/core/engine.ts";
import { exact } from "../../src/core/statistics.ts";
import type { Plan } from "../../src/engines/llama/process/protocol.ts";
import { type Verdict, verdictOf } from "../../src/features/provenance/replay/verdict.ts";
import { replay, start, write } from "./answers.ts";

interface Options {
  readonly model: string;
  readonly count: number;
  readonly maxTokens: number;
  readonly threads: number;
  /** Path of the file. */
  readonly log: string;
}

interface Line extends Pick<Verdict, "verdict" | "tokens" | "agree" | "mean"> {
  /** Number of the answer. */
  readonly n: number;
  /** What it was computed again with. */
  readonly by: string;
}

interface Reader {
  readonly by: string;
  readonly engine: Engine;
}

const AT_ONCE = 16;
/** After so many answers their topics, settings and marks come again. */
const SETTINGS = 12;

export async function honestly({ model, count, maxTokens, threads, log }: Options): Promise<void> {
  const linesIn = (): readonly Line[] =>
    existsSync(log)
      ? readFileSync(log, "utf8")
          .trim()
          .split("\n")
          .map((one) => JSON.parse(one))
      : [];
  const known = new Set(linesIn().map(({ n }) => n));
  const left = Array.from({ length: count }, (_, n) => n).filter((n) => !known.has(n));
  if (left.length > 0) {
    const writer = await start(model, {
      ...{ slots: AT_ONCE, threads, batchThreads: threads, contextTokens: 1024 },
    });
    const others: readonly Partial<Plan>[] = [
      { slots: 1, batchTokens: 32, threads: 1, batchThreads: 1 },
      { slots: 4, batchTokens: 512, threads, batchThreads: threads },
      { slots: 2, batchTokens: 64, threads: 1, batchThreads: threads, flashAttention: false },
    ];
    const readers: Reader[] = [];
    for (const plan of others) {
      const by = `batches of ${plan.batchTokens}, ${plan.batchThreads} threads, ${plan.slots} slots`;
      readers.push({ by, engine: await start(model, { ...plan, contextTokens: 1024 }) });
    }
    readers.push({ by: "as it was written", engine: writer });
    for (let from = 0; from < left.length; from += AT_ONCE) {
      const group = left.slice(from, from + AT_ONCE);
      const said = await Promise.all(group.map((n) => write(writer, n, maxTokens)));
      const replayed = said.map(async (one, at) => {
        const n = group[at] as number;
        const { by, engine } = readers[Math.floor(n / SETTINGS) % readers.length] as Reader;
        const { verdict, tokens, agree, mean } = verdictOf(await replay(engine, one), true);
        const line: Line = { n, by, verdict, tokens, agree, mean };
        appendFileSync(log, `${JSON.stringify(line)}\n`);
      });
      await Promise.all(replayed);
      console.error(`${known.size + Math.min(from + AT_ONCE, left.length)} of ${count}`);
    }
    for (const { engine } of readers) await engine.close();
  }
  told(linesIn());
}

/** Of answers too short for a verdict nothing is counted. */
function told(lines: readonly Line[]): void {
  const row = (by: string, some: readonly Line[]) => {
    const long = some.filter(({ verdict }) => verdict !== "inconclusive");
    const share = {
      hits: long.filter(({ verdict }) => verdict !== "same").length,
      of: long.length,
    };
    const [low, high] = exact(share).map((one) => (100 * one).toFixed(2));
    const tokens = long.reduce((sum, one) => sum + one.tokens, 0);
    const agree = long.reduce((sum, one) => sum + one.agree, 0);
    return {
      ...{ by, "too short": some.length - long.length, replays: long.length, tokens },
      "tokens that differ": tokens - agree,
      "mean, most": Number(Math.max(0, ...long.map(({ mean }) => mean)).toPrecision(3)),
      "false alarms": `${share.hits} (exact 95 % interval ${low} to ${high} %)`,
    };
  };
  const kinds = [...new Set(lines.map(({ by }) => by))].toSorted();
  console.table([
    ...kinds.map((by) =>
      row(
        by,
        lines.filter((one) => one.by === by),
      ),
    ),
    row("all", lines),
  ]);
}
