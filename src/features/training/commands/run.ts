/** `charla train FILES`: here and now, with its progress, to be stopped by Ctrl-C and gone on with. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { SOLO } from "../../../core/access.ts";
import { fill } from "../../../core/errors.ts";
import type { Ground, House } from "../../../core/feature.ts";
import { interruptible } from "../../../terminal/interrupt.ts";
import { progressLine } from "../../../terminal/progress.ts";
import { begin, look, type Wish } from "../begin.ts";
import { FAMILIES } from "../defaults.ts";
import { dataUnreadable, notSetUp, runStopped, wrongValue } from "../errors.ts";
import { messages } from "../messages.ts";
import { settings } from "../settings.ts";
import { type Run, RunStore } from "../store.ts";
import { lookTold, runTold } from "../told.ts";
import type { Tools } from "../tools.ts";
import { work } from "../work.ts";
import { placeOf } from "../worker/setup.ts";
import { tokensOf, writeHere } from "./write.ts";

const NUMBERS = [
  ...(["rank", "alpha", "rate", "epochs", "steps", "batch"] as const),
  ...(["length", "every", "patience", "beta", "folds", "seed", "threads"] as const),
  ...(["soft", "temperature", "processes"] as const),
] as const;

export type RunOptions = Readonly<Partial<Record<(typeof NUMBERS)[number], string>>> & {
  readonly model?: string;
  readonly name?: string;
  readonly look?: boolean;
  readonly unmasked?: boolean;
  readonly teacher?: string;
  readonly maxTokens?: string;
  /** True where no family is named. */
  readonly perturb?: string | true;
  readonly json?: boolean;
};

export async function runCommand(
  paths: readonly string[],
  options: RunOptions,
  tools: Tools,
  ground: Ground,
): Promise<void> {
  const { language, settings: place } = ground;
  const given: Wish = {
    ...{ name: options.name, model: options.model, unmasked: options.unmasked },
    files: await Promise.all(paths.map(read)),
    settings: settingsOf(options),
  };
  if (!options.look && (await placeOf(place.home)).state !== "ready") throw notSetUp();
  await ground.atRest(async (house) => {
    const whose = { owner: SOLO.id, intake: house.intake };
    const wish = options.teacher ? await taught(given, options, house, tools, ground) : given;
    if (options.look) {
      const prepared = await look(wish, whose);
      console.log(
        options.json ? JSON.stringify(prepared.look, null, 2) : lookTold(prepared.look, language),
      );
      return;
    }
    const store = await storeOf(house);
    const run = await begin(store, wish, whose, tools, place.version);
    console.error(lookTold(run.plan.look, language));
    await doHere(store, run, tools, ground, options.json);
  });
}

/** Nothing else works on the data folder, so what runs there is what was cut. */
export async function storeOf({ db, vault }: Pick<House, "db" | "vault">): Promise<RunStore> {
  const store = new RunStore(db, vault);
  await store.settle();
  return store;
}

/** @throws CharlaError `training_stopped`; why it failed */
export async function doHere(
  store: RunStore,
  run: Run,
  tools: Tools,
  { language, settings: { home } }: Ground,
  json: boolean | undefined,
): Promise<void> {
  const text = messages[language];
  using stopping = interruptible();
  const line = progressLine(process.stderr, (done, total) => fill(text.stepsDone, { done, total }));
  const learning = fill(text.learning, { name: run.plan.name });
  let label = learning;
  let [done, total] = [run.done, run.total];
  console.error(fill(text.loading, { model: run.plan.model }));
  try {
    await work(store, { home, tools }, run, {
      signal: stopping.signal,
      progress(now, of) {
        [done, total] = [now, of];
        line.show(label, now, of, null);
      },
      point(point) {
        // The loss over judged answers is no perplexity's logarithm.
        const nats = point.kind === "validation" && run.plan.look.method === "sft";
        const named = nats ? text.perplexity : text.loss;
        const value = nats ? Math.exp(point.loss) : point.loss;
        // Elsewhere than in a terminal each new label would be a line of its own.
        if (process.stderr.isTTY) label = `${learning}, ${named} ${value.toFixed(2)}`;
        if (point.kind === "step") return;
        line.clear();
        const words = nats ? text.validated : text.validatedLoss;
        console.error(fill(words, { step: point.step, value: value.toFixed(2) }));
      },
      turn: async () => stopping.signal.throwIfAborted(),
    });
  } catch (thrown) {
    if (stopping.signal.aborted) throw runStopped(run.id, done, total);
    throw thrown;
  } finally {
    line.clear();
  }
  const ended = await store.one(run.owner, run.id);
  const { owner: _owner, ...shown } = ended;
  console.log(json ? JSON.stringify(shown, null, 2) : runTold(ended, language));
}

/** The same with the answers of a teacher in the place of those in the files. */
async function taught(
  wish: Wish,
  { teacher = "", maxTokens, unmasked }: RunOptions,
  house: House,
  tools: Tools,
  ground: Ground,
): Promise<Wish> {
  const { files, name } = wish;
  const asked = { teacher, files, name, unmasked, maxTokens: tokensOf(maxTokens) };
  const { plan, text } = await writeHere(asked, house, tools, ground);
  return { ...wish, files: [{ name: `${plan.name}.jsonl`, text }] };
}

export async function read(path: string) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
    return { name: basename(path), text };
  } catch (thrown) {
    const { code = "UTF-8" } = thrown as NodeJS.ErrnoException;
    throw dataUnreadable(
      path,
      code === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "UTF-8" : code,
      thrown,
    );
  }
}

/** @throws CharlaError `invalid_setting` */
function settingsOf(options: RunOptions): Wish["settings"] {
  const given = NUMBERS.flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [[name, Number(value)] as const];
  });
  const { perturb } = options;
  const families = perturb === true ? FAMILIES : perturb?.split(",").map((one) => one.trim());
  const wish = { ...Object.fromEntries(given), ...(families && { perturb: families }) };
  const { data, error } = settings.partial().safeParse(wish);
  if (data) return data;
  const [issue] = error.issues;
  const name = String(issue?.path[0] ?? "?") as keyof typeof wish;
  throw wrongValue(`--${name}`, String(options[name] ?? ""), issue?.message ?? "");
}
