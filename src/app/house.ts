/**
 * Opens the house: the database, the keys, the policy, the tables of all features, then each feature
 * in order. The server lives in it, and commands work in it while no server runs.
 */
import type { Config } from "../config.ts";
import type { Engines } from "../core/engine.ts";
import { granting } from "../core/extras.ts";
import type { Bare, Copy, Feature, House, Openable, Opened } from "../core/feature.ts";
import { composeIntake } from "../core/intake.ts";
import { roomy, roomyIntake } from "../core/roomy.ts";
import type { Route } from "../core/route.ts";
import { askEngine, compose, type RunTurn, type Step } from "../core/turn.ts";
import { forgetStates } from "../engines/llama/service/open.ts";
import { createEngines } from "../engines.ts";
import { jobsPolicy } from "../jobs/policy.ts";
import { JobRunner } from "../jobs/runner.ts";
import { JobStore } from "../jobs/store.ts";
import { jobTables } from "../jobs/tables.ts";
import { MerkleLedger } from "../ledger/index.ts";
import { newestIn } from "../ledger/newest.ts";
import { ledgerTables } from "../ledger/tables.ts";
import { language } from "../locales/index.ts";
import { replicaTables } from "../replicas/leader.ts";
import { currentRequest } from "../server/current.ts";
import { type Log, noteOf } from "../server/log.ts";
import { migrate, openDatabase } from "../storage/index.ts";
import type { Turns } from "../storage/postgres-lock.ts";
import { scrub } from "../storage/scrub.ts";
import { KeyVault, vaultTables } from "../storage/vault/index.ts";
import { features } from "./features.ts";
import { othersOf } from "./others.ts";
import { readPolicy } from "./policy.ts";
import { retract } from "./running.ts";
import { settingsOf } from "./settings.ts";

/** Whose tables are the house's. */
const OWN = [vaultTables, ledgerTables, jobTables, replicaTables];

/** All whose tables are in a database. */
export const stored = async () => [...OWN, ...(await load())];

/** All of the features that there is to open, in their order. */
export async function load(): Promise<readonly Openable[]> {
  return Promise.all(features.map(async (one) => (await one.load?.()) ?? { name: one.name }));
}

export const policyOf = ({ policy, home }: Config, all: readonly Openable[]) =>
  readPolicy(policy, home, {
    ...Object.fromEntries(
      all.flatMap(({ policy }) => (policy ? [[policy.section, policy.schema]] : [])),
    ),
    jobs: jobsPolicy,
  });

/** What is there also without a database. */
export function bareOf(
  config: Config,
  log: Log,
  policy: Readonly<Record<string, unknown>>,
): (feature: Openable) => Bare {
  const settings = settingsOf(config);
  const note = noteOf(config.log);
  const rest = { settings, language, log, note, asking: currentRequest };
  return (feature) => ({ ...rest, policy: feature.policy && policy[feature.policy.section] });
}

/** What only a server has. */
export interface Around {
  /** Closed with the house; those of the settings if absent. */
  readonly engines?: Engines | undefined;
  /** Stands before the engines. */
  before?(engines: Engines): Engines;
  /** Outside of all features' steps. */
  readonly steps?: readonly Step[];
  readonly routes?: readonly Route[];
  readonly listening?: Promise<string>;
  /** Of one of several servers on the database. */
  readonly turns?: Turns | undefined;
  /** What it does itself, beside the features. */
  readonly beside?: readonly Opened[] | undefined;
}

export interface Standing extends AsyncDisposable {
  readonly engines: Engines;
  readonly vault: KeyVault;
  readonly run: RunTurn;
  readonly opened: readonly Opened[];
  /** What a feature was opened with. */
  of(feature: Pick<Feature, "name">): House;
}

/** @throws CharlaError `home_in_use`, `storage_...`, `policy_...` */
export async function openHouse(
  config: Config,
  log: Log,
  { before = (engines) => engines, steps = [], routes = [], ...around }: Around = {},
): Promise<Standing> {
  // What is opened is closed in the opposite order, also when it fails half-way.
  await using opening = new AsyncDisposableStack();
  const openables = await load();
  const policy = policyOf(config, openables);
  const bare = bareOf(config, log, policy);
  const { db, kind, close } = await openDatabase(
    ...([config.home, config.databaseUrl, log, around.turns] as const),
  );
  opening.defer(close);
  retract(config.home);
  await migrate(db, [...OWN, ...openables], undefined, (gone) =>
    log(`no feature here exports or erases what the database has of: ${gone.join(", ")}`),
  );
  const vault = new KeyVault({ db, kind, source: { ...config.master, home: config.home } });

  const { publicUrl, home } = config;
  const ledger = new MerkleLedger({ db, vault, publicUrl, newest: newestIn(home), log });

  const made = new Map<string, Opened>();
  const all = () => [...made.values()];
  const owned =
    around.engines ??
    (await createEngines(config, log, {
      stateSecret: () => vault.derive("states"),
      opening: () => all().find(({ opening }) => opening)?.opening,
    }));
  opening.defer(() => owned.close());
  const engines: Engines = {
    ...before(granting(owned)),
    async forget() {
      await owned.forget?.();
      // Also what engines have left there that do not run any more.
      await forgetStates(config.home);
    },
  };

  const jobs = new JobRunner({
    store: new JobStore(db, vault),
    policy: policy.jobs,
    kinds: () => all().flatMap(({ jobs }) => jobs ?? []),
    busy: () => (engines.loads?.() ?? []).some(({ busy, queued }) => busy + queued > 0),
    log,
  });

  const own = [jobs.opened, ...(around.beside ?? [])];
  let through: RunTurn = () => {
    throw new TypeError("a turn before all features are opened");
  };
  const run: RunTurn = (turn) => through(turn);
  const house = {
    ...{ run, engines, db, vault, jobs, ledger, others: othersOf(made, routes, own) },
    async scrub(tables?: readonly string[]) {
      const names = tables ?? (await db.introspection.getTables()).map(({ name }) => name);
      await scrub(db, kind, names, true);
    },
    intake: composeIntake(() => [
      roomyIntake(engines),
      ...all().flatMap(({ intake }) => intake ?? []),
    ]),
    async forgetConversations(ids: readonly string[]) {
      for (const one of all()) await one.forgetConversations?.(ids);
    },
    async copyConversation(copy: Copy) {
      for (const one of all()) await one.copyConversation?.(copy);
    },
    listening: around.listening ?? Promise.withResolvers<string>().promise,
    tell: (line: string) => console.log(line),
  };
  const given = (one: Openable): House => ({ ...bare(one), ...house });
  for (const one of openables) made.set(one.name, one.open?.(given(one)) ?? {});
  const inner = all().flatMap((one) => one.steps ?? []);
  through = compose([...steps, roomy(engines), ...inner], askEngine(engines));

  const closing = opening.move();
  return {
    ...{ engines, vault, run },
    of: ({ name }) => given(openables.find((one) => one.name === name) ?? { name }),
    // Long work may use every feature: it is started last and stopped first. What features write down
    // after a restore stands in the log of then.
    opened: [{ afterRestore: (takenAt) => ledger.renew(takenAt) }, ...all(), jobs.opened],
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
