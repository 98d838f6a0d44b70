/** `charla train setup`: what it takes is said first; Ctrl-C keeps what was fetched. */
import { resolve } from "node:path";
import { fill } from "../../../core/errors.ts";
import type { Ground } from "../../../core/feature.ts";
import { interruptible } from "../../../terminal/interrupt.ts";
import { progressLine } from "../../../terminal/progress.ts";
import { setupStopped } from "../errors.ts";
import { messages } from "../messages.ts";
import type { Tools } from "../tools.ts";
import {
  FETCHED_BYTES,
  folderOf,
  placeOf,
  type Ready,
  remove,
  setUp,
  UNPACKED_BYTES,
} from "../worker/setup.ts";

export interface SetupOptions {
  readonly python?: string;
  readonly remove?: boolean;
  readonly json?: boolean;
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6);

export async function setupCommand(
  options: SetupOptions,
  { freeBytes }: Tools,
  { settings, language }: Pick<Ground, "settings" | "language">,
): Promise<void> {
  const { home } = settings;
  const text = messages[language];
  const before = await placeOf(home);
  if (options.remove) {
    await remove(home);
    const freed = megabytes(before.bytes);
    if (options.json) console.log(JSON.stringify({ freedBytes: before.bytes }, null, 2));
    else console.log(before.state === "absent" ? text.absent : fill(text.removed, { freed }));
    return;
  }
  const own = options.python === undefined ? undefined : resolve(options.python);
  if (own === undefined && before.state !== "ready") {
    const [fetched, disk] = [megabytes(FETCHED_BYTES), megabytes(UNPACKED_BYTES)];
    console.error(fill(text.size, { fetched, disk, folder: folderOf(home) }));
  }
  using stopping = interruptible(setupStopped);
  const line = progressLine(process.stderr);
  try {
    const ready = await setUp({
      ...{ home, own, freeBytes, signal: stopping.signal },
      progress: (done, total) => line.show(text.settingUp, done, total, null),
    });
    line.clear();
    console.log(options.json ? JSON.stringify(ready, null, 2) : said(ready, text));
  } catch (thrown) {
    stopping.signal.throwIfAborted();
    throw thrown;
  } finally {
    line.clear();
  }
}

function said({ versions, python, cuda, device }: Ready, text: (typeof messages)["en"]): string {
  return fill(text.ready, {
    ...{ torch: versions.torch ?? "?", python },
    device: cuda ? device : text.processor,
  });
}
