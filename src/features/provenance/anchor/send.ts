/** Starts the process that writes to the chain, and waits for what it tells. */
import { once } from "node:events";
import { entryOf } from "../../../core/addons.ts";
import { fork } from "../../../core/children.ts";
import { CharlaError } from "../../../core/errors.ts";
import type { Settings } from "../../../core/feature.ts";
import { VIEM } from "./addon.ts";
import { crashed, notSetUp, packagesMissing } from "./errors.ts";
import type { Step } from "./types.ts";
import type { Task, Told } from "./worker.ts";

type Wanted = Omit<Task, "url" | "keyFile" | "entry">;
type Result = Exclude<Told, { readonly step: Step } | { readonly error: unknown }>;

/**
 * @param tell told of each step and its transaction
 * @throws CharlaError what `anchor` and `deploy` throw; `anchor_not_set_up`, `anchor_packages`,
 *   `anchor_crashed`; the signal's reason
 */
export async function send(
  { home, anchorUrl: url, anchorKeyFile: keyFile }: Settings,
  wanted: Wanted,
  signal: AbortSignal,
  tell: (step: Step, transaction: string) => void = () => {},
): Promise<Result> {
  if (!url || !keyFile) throw notSetUp();
  const entry = await entryOf(home, VIEM);
  if (!entry && !(await import("./packages.ts").catch(() => undefined))) throw packagesMissing();
  signal.throwIfAborted();
  // `.ts` when run from the clone, `.js` in the published package.
  const worker = new URL(`./worker${import.meta.url.slice(-3)}`, import.meta.url);
  const child = fork(worker, [], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  let result: Result | undefined;
  let error: CharlaError | undefined;
  child.on("message", (told: Told) => {
    if ("step" in told) tell(told.step, told.transaction);
    else if ("error" in told) {
      const { code, param: _, ...options } = told.error;
      error = new CharlaError(code, options);
    } else result = told;
  });
  const task: Task = { ...wanted, url, keyFile, entry };
  child.send(task, () => {});
  const [code] = (await once(child, "close")) as [number | null];
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  if (result) return result;
  throw error ?? crashed(code);
}
