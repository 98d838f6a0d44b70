/**
 * Rights: what people may ask for what is stored of them. Everything in one archive, everything
 * erased, and nothing kept longer than the organisation's policy says. Each feature says in its
 * `rights` what is a person's; this one asks them all.
 */
import type { RecordAct } from "../../core/audit.ts";
import type { Feature } from "../../core/feature.ts";
import type { Language } from "../../locales/index.ts";
import { rightsCommands } from "./commands.ts";
import { Eraser, type Ground } from "./erase.ts";
import type { RetentionPolicy } from "./policy.ts";
import { DAY_MS, expire } from "./retention.ts";
import { closedWhileErased, routes } from "./routes.ts";
import { Tombstones } from "./tombstones.ts";

export { rightsPolicy } from "./policy.ts";

type AtRest = Pick<RightsOptions, "features" | "record" | "scrub">;

export interface RightsOptions {
  /** Data folder, for the list of who was erased. */
  readonly home: string;
  readonly policy: RetentionPolicy;
  readonly remote: string | undefined;
  /** All features, this one included. */
  features(): readonly Feature[];
  readonly record: RecordAct;
  /** Makes what was deleted unreadable in the database's files. */
  scrub(): Promise<void>;
  /** Removes the states that engines have left on disk. */
  removeStates(): Promise<void>;
  /** For commands: everything that stores, while no server has the data folder. */
  atRest<Result>(work: (own: AtRest) => Promise<Result>): Promise<Result>;
  readonly language: Language;
  log(line: string, error?: unknown): void;
}

export function rights(options: RightsOptions): Feature {
  const { home, policy, remote, scrub, language, log } = options;
  const { features, record, removeStates, atRest } = options;
  /** Also what engines have left on disk that do not run any more. */
  let forgetStates = removeStates;
  const ground: Ground = {
    ...{ features, record, policy, remote, scrub, tombstones: new Tombstones(home) },
    forgetStates: () => forgetStates(),
  };
  const eraser = new Eraser(ground);
  let daily: NodeJS.Timeout | undefined;
  /** What fails is tried again the next day, and keeps nobody from the server. */
  const run = async () => {
    await eraser.resume().catch((thrown) => log("an erasure is not finished", thrown));
    await expire(ground).catch((thrown) => log("what is too old stays", thrown));
  };
  return {
    name: "rights",
    routes(kit) {
      forgetStates = async () => {
        await kit.engines.forget?.();
        await removeStates();
      };
      return routes(eraser, ground);
    },
    layers: () => [closedWhileErased(eraser)],
    commands: (program) =>
      rightsCommands(program, (work) => atRest((own) => work({ ...ground, ...own })), language),
    async start() {
      await run();
      daily = setInterval(run, DAY_MS);
    },
    stop: () => clearInterval(daily),
    afterRestore: (takenAt) => eraser.again(takenAt),
  };
}
