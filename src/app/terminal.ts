/**
 * What `charla chat` asks: the server that runs on the same data folder, or else an engine of its own
 * with the features' steps around it, without a server and without a database.
 */
import type { Config } from "../config.ts";
import { granting } from "../core/extras.ts";
import { askEngine, compose, type RunTurn } from "../core/turn.ts";
import { createEngines, fetchModel, modelFiles } from "../engines.ts";
import type { Log } from "../server/log.ts";
import { type Beside, type Named, openBeside } from "./beside.ts";
import { bareOf, load, policyOf } from "./house.ts";
import { runningServer } from "./running.ts";

export interface Chat extends AsyncDisposable {
  readonly run: RunTurn;
  /** Address of the server that answers; absent where this process does. */
  readonly server?: string | undefined;
  /** A server that runs and lacks the model that was asked for. */
  readonly lacking?: string | undefined;
  /** The models that can be asked, and the id of the one that answers when none is named. */
  models(): Promise<{ readonly current: string | undefined; readonly models: readonly Named[] }>;
  /** Whether a model is being loaded now. */
  loading(): boolean;
  /** Loads the model that answers, so that it is there when the first question comes. */
  prepare(): void;
}

/**
 * Downloads the model first where it is missing.
 *
 * @throws CharlaError what keeps the model from being had, or the policy from being read
 */
export async function openChat(config: Config, log: Log): Promise<Chat> {
  const url = config.remote ? undefined : runningServer(config.home);
  // Where it cannot be asked (it stops just now, it wants an account), this process answers.
  const beside = url === undefined ? undefined : await openBeside(url).catch(() => undefined);
  const has = config.model === undefined || beside?.models.some(({ id }) => id === config.model);
  if (url !== undefined && beside && has) return chatBeside(beside, url, config.model);
  await fetchModel(config, log);
  return { ...(await chatHere(config, log)), lacking: beside && url };
}

function chatBeside({ run, models, current }: Beside, server: string, model?: string): Chat {
  return {
    run: (turn) => run({ ...turn, model: turn.model ?? model }),
    server,
    models: async () => ({ current: model ?? current, models }),
    loading: () => false,
    prepare: () => {},
    async [Symbol.asyncDispose]() {},
  };
}

async function chatHere(config: Config, log: Log): Promise<Chat> {
  const features = await load();
  const bare = bareOf(config, log, policyOf(config, features));
  const steps = features.flatMap((one) => one.terminal?.(bare(one)) ?? []);
  const engines = await createEngines(config, log);
  const over = new AbortController();
  return {
    run: compose(steps, askEngine(granting(engines))),
    async models() {
      const library = await modelFiles.of(engines)?.models();
      const here = library?.models.filter(({ state }) => !["absent", "partial"].includes(state));
      const models = here ?? (await engines.list());
      return { current: library?.current ?? models[0]?.id, models };
    },
    loading: () => engines.status().state === "loading",
    prepare() {
      // What goes wrong is told to the first question.
      engines.get(undefined, over.signal).catch(() => {});
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await engines.close();
    },
  };
}
