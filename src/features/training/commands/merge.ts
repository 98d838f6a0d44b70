/** `charla train merge ID`: one file of the base and the adapter, here and now; Ctrl-C leaves nothing. */
import { SOLO } from "../../../core/access.ts";
import { fill } from "../../../core/errors.ts";
import type { Ground } from "../../../core/feature.ts";
import { interruptible } from "../../../terminal/interrupt.ts";
import { progressLine } from "../../../terminal/progress.ts";
import { mergeStopped } from "../errors.ts";
import { merge, typeOf } from "../merge.ts";
import { messages } from "../messages.ts";
import type { Tools } from "../tools.ts";
import { storeOf } from "./run.ts";

export interface MergeOptions {
  readonly type: string;
  readonly json?: boolean;
}

export async function mergeCommand(
  id: string,
  options: MergeOptions,
  tools: Tools,
  { atRest, language, settings: { home } }: Ground,
): Promise<void> {
  const text = messages[language];
  const type = typeOf(options.type);
  await atRest(async (house) => {
    const run = await (await storeOf(house)).one(SOLO.id, id);
    using stopping = interruptible(mergeStopped);
    const { signal } = stopping;
    const line = progressLine(process.stderr);
    const label = fill(text.merging, { name: run.plan.name });
    try {
      const made = await merge({ home, tools }, run, type, {
        signal,
        progress: (done, total) => line.show(label, done, total, null),
        turn: async () => signal.throwIfAborted(),
      });
      line.clear();
      const megabytes = Math.ceil(made.bytes / 1e6);
      console.log(
        options.json ? JSON.stringify(made, null, 2) : fill(text.merged, { ...made, megabytes }),
      );
    } catch (thrown) {
      signal.throwIfAborted();
      throw thrown;
    } finally {
      line.clear();
    }
  });
}
