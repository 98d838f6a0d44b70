/**
 * Receipts of answers that go out to programs and are stored nowhere: the name of each is told when the
 * answer begins, and its entry stands in the log before the end is told. Also what was cut off by the
 * client or by an error has one, of the text that went out.
 */
import { setImmediate as sent } from "node:timers/promises";
import type { Answered, Receipts } from "./receipts.ts";
import type { RunTurn } from "./turn.ts";
import type { Delta, Finish, Start } from "./types.ts";

/** @param owner the person who asks */
export const receipted =
  (run: RunTurn, receipts: Receipts, owner: string): RunTurn =>
  (turn) => {
    const source = run(turn)[Symbol.asyncIterator]();
    const receipt = receipts.newId();
    const texts: string[] = [];
    let start: Start | undefined;
    let kept = false;
    const keep = async (status: Answered["status"], finish?: Finish) => {
      if (kept || !start) return;
      kept = true;
      // The text goes out first: to write and to wait for the disk takes longer than all of it.
      if (finish) await sent();
      const { model, seed, guard } = start;
      const about: Answered = {
        ...{ owner, messages: turn.messages, text: texts.join(""), status, model, seed },
        sampling: turn.sampling,
        made: finish?.made,
        guard: { ...guard, ...finish?.guard },
        mark: finish?.mark,
        tokens: finish?.completionTokens,
      };
      await receipts.keep(about, receipt);
    };
    const pass = (next: IteratorResult<Delta>): typeof next | Promise<typeof next> => {
      if (next.done) return next;
      const delta = next.value;
      if (delta.type === "text") texts.push(delta.text);
      if (delta.type === "start") {
        start = delta.start;
        return { value: { ...delta, start: { ...start, receipt } } };
      }
      if (delta.type !== "finish") return next;
      const { finish } = delta;
      const status = finish.reason === "cancelled" ? "stopped" : "done";
      return keep(status, finish).then(() => ({
        value: { ...delta, finish: { ...finish, receipt } },
      }));
    };
    const fail = async (thrown: unknown) => {
      if (texts.length > 0) await keep("failed");
      throw thrown;
    };
    // No generator: it would take twice as long for each piece.
    const told: AsyncIterableIterator<Delta> = {
      [Symbol.asyncIterator]: () => told,
      next: () => source.next().then(pass, fail),
      async return() {
        await source.return?.();
        if (texts.length > 0) await keep("stopped");
        return { done: true, value: undefined };
      },
    };
    return told;
  };
