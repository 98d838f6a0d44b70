/**
 * The composition root: the only file that names every engine and every feature. To take a feature
 * out, remove its folder and its line in `features`.
 */
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { closeServer, GRACE_MS, layersOf, withAsker } from "./around.ts";
import { type Config, DEFAULT_PORT } from "./config.ts";
import type { Act, RecordAct } from "./core/audit.ts";
import { chatRoutes } from "./core/chat.ts";
import type { Engines } from "./core/engine.ts";
import { granting } from "./core/extras.ts";
import { assemble, type Feature, type Kit } from "./core/feature.ts";
import { createServer } from "./core/http.ts";
import { composeIntake } from "./core/intake.ts";
import type { Route } from "./core/route.ts";
import { Drain } from "./drain.ts";
import { Library } from "./engines/library/index.ts";
import { forgetStates } from "./engines/llama/service/open.ts";
import * as engineRoom from "./engines.ts";
import { accounts, accountsPolicy } from "./features/accounts/index.ts";
import { api } from "./features/api/index.ts";
import { audit } from "./features/audit/index.ts";
import { conversations, sharingPolicy } from "./features/conversations/index.ts";
import { guard, guardPolicy } from "./features/guard/index.ts";
import { limits, limitsPolicy } from "./features/limits/index.ts";
import { metrics } from "./features/metrics/index.ts";
import { models } from "./features/models/index.ts";
import { openai } from "./features/openai/index.ts";
import { personalData, personalDataPolicy } from "./features/personal-data/index.ts";
import { quantize } from "./features/quantize/index.ts";
import { rights, rightsPolicy } from "./features/rights/index.ts";
import { listen } from "./listen.ts";
import { type Language, language } from "./locales/index.ts";
import { type Log, watchOf } from "./log.ts";
import { listOf } from "./net/addresses.ts";
import { admitFrom } from "./net/admit.ts";
import { policyVersion, readPolicy } from "./policy.ts";
import { withRequests } from "./requests.ts";
import { tellOfRestore } from "./storage/copies/restored.ts";
import type { Side } from "./storage/copies/tables.ts";
import { type Database, migrate, openDatabase } from "./storage/index.ts";
import { scrub } from "./storage/scrub.ts";
import { KeyVault } from "./storage/vault/index.ts";

/** The built page, seen from `src/` in the clone and from `dist/` in the package. */
export const PAGE = fileURLToPath(new URL("../dist/web", import.meta.url));
export const VERSION: string = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
).version;

const PORTS_TO_TRY = 20;

interface Parts {
  readonly config: Config;
  /** Absent on the command line, which works while a server holds the database. */
  readonly db?: Database | undefined;
  /** The same, for what is stored sealed. */
  readonly sealing?: Sealing | undefined;
  /** Absent when the models are another server's. */
  readonly library?: Library | undefined;
  readonly log: Log;
  routes(): readonly Route[];
  features(): readonly Feature[];
  readonly policy: Policy;
  /** Writes an administrative act down. */
  readonly record: RecordAct;
  /** Told before a secret is looked at; throws when there were too many. */
  attempt(one: { readonly who?: string | undefined }): Promise<void>;
  /** Gives all that is one person's to another. */
  giveTo(from: string, to: string): Promise<void>;
  /** Where the server listens, once it does. */
  readonly listening: Promise<string>;
  readonly language: Language;
  /** Says something to whoever has started it. */
  tell(line: string): void;
}

/** Each feature's section of the organisation's policy. */
const SECTIONS = {
  accounts: accountsPolicy,
  limits: limitsPolicy,
  retention: rightsPolicy,
  sharing: sharingPolicy,
  guard: guardPolicy,
  personal_data: personalDataPolicy,
};
type Policy = ReturnType<typeof policyOf>;
export const versionOf = ({ policy, home }: Config) => policyVersion(policy, home);
export const policyOf = ({ policy, home }: Config) => readPolicy(policy, home, SECTIONS);

export function features(parts: Parts): readonly Feature[] {
  const { sealing } = parts;
  return [
    ...(sealing ? [sealing.vault] : []),
    accounts({ ...parts, policy: parts.policy.accounts, withDatabase: atRest(parts) }),
    metrics({ ...watchOf(parts.config), policy: versionOf(parts.config), log: parts.log }),
    limits({ ...watchOf(parts.config), ...parts, policy: parts.policy.limits }),
    guard({ ...watchOf(parts.config), policy: parts.policy.guard }),
    personalData(parts.policy.personal_data, parts.sealing, !parts.config.remote),
    api({ version: VERSION, routes: parts.routes }),
    openai(),
    ...(sealing ? [conversations({ ...parts, ...sealing, policy: parts.policy.sharing })] : []),
    ...(parts.library ? [models(parts.library, language)] : []),
    quantize(engineRoom.quantiseTools(parts.config, parts.log), language),
    audit({ db: parts.db, withDatabase: atRest(parts), language }),
    rights({ ...rightsTools(parts), policy: parts.policy.retention }),
  ];
}

/** For commands: the database and what stores in it, while no server has the data folder. */
export const atRest =
  ({ config, log }: Pick<Parts, "config" | "log">) =>
  async <Result>(work: (db: Database, parts: Parts) => Promise<Result>) => {
    const opened = await openDatabase(config.home, config.databaseUrl, log);
    const { db, close } = opened;
    try {
      const [sealing, policy] = [sealingOf(config, opened), policyOf(config)];
      const parts: Parts = { config, db, sealing, log, policy, ...shared(() => all) };
      const all = features(parts);
      await migrate(db, all);
      return await work(db, parts);
    } finally {
      await close();
    }
  };

/** What features can ask of one another without knowing each other. */
export const shared = (
  all: () => readonly Feature[],
  routes: () => readonly Route[] = () => [],
  listening = Promise.withResolvers<string>().promise,
) => ({
  listening,
  language,
  tell: (line: string) => console.log(line),
  routes,
  features: all,
  async record(act: Act) {
    for (const { record } of all()) await record?.(act);
  },
  async attempt(one: { readonly who?: string | undefined }) {
    for (const { attempt } of all()) await attempt?.(one);
  },
  async giveTo(from: string, to: string) {
    for (const { rights } of all()) await rights?.giveTo?.(from, to);
  },
});

/** What those who store texts of people are given. */
type Sealing = ReturnType<typeof sealingOf>;
export const sealingOf = ({ home, master }: Config, { db, kind }: Side) => ({
  db,
  vault: new KeyVault({ db, kind, source: { ...master, home } }),
  scrub: (tables: readonly string[]) => scrub(db, kind, tables, true),
});

/** What the feature rights is given. */
export function rightsTools(parts: Parts) {
  const { home, remote } = parts.config;
  return {
    ...{ home, remote: remote?.url, language, log: parts.log, ...stored(parts) },
    removeStates: () => forgetStates(home),
    atRest: <Result>(work: (own: ReturnType<typeof stored>) => Promise<Result>) =>
      atRest(parts)((_db, own) => work(stored(own))),
  };
}

const stored = ({ features, record, sealing }: Parts) => ({
  ...{ features, record },
  async scrub() {
    const tables = (await sealing?.db.introspection.getTables()) ?? [];
    await sealing?.scrub(tables.map(({ name }) => name));
  },
});

/** For a chat without a server: the same steps around every turn, and no database. */
export function createKit(config: Config, log: Log): Kit {
  const engines = engineRoom.createEngines(config, log);
  const library = engines instanceof Library ? engines : undefined;
  return assemble(
    granting(engines),
    features({ config, library, log, policy: policyOf(config), ...shared(() => []) }),
  );
}

/** Adds the commands of the features. */
export function addCommands(program: Command, config: Config, log: Log): void {
  const library = engineRoom.createLibrary(config, log);
  const parts = { config, library, log, policy: policyOf(config), ...shared(() => []) };
  for (const feature of features(parts)) feature.commands?.(program);
}

export interface App {
  readonly url: string;
  /** The port that was wanted, when it was taken and another one is used. */
  readonly taken: number | undefined;
  /** For whoever wants to do more with it than stop it. */
  readonly server: Server;
  /** Ends running answers, closes connections, engines and the database. */
  stop(): Promise<void>;
}

/** What takes the place of what the settings would choose. */
export interface Given {
  /** Closed with the app. */
  readonly engines?: Engines | undefined;
  /** Of the page: "index.html" if absent. */
  readonly document?: string | undefined;
}

/** @throws CharlaError `port_in_use`, `home_in_use`, `storage_...`, `model_...` */
export async function startApp(config: Config, log: Log, given: Given = {}): Promise<App> {
  // What is opened is closed in the opposite order, also when the start fails half-way.
  const opened = new AsyncDisposableStack();
  try {
    return await open(config, log, given, opened);
  } catch (thrown) {
    await opened.disposeAsync();
    throw thrown;
  }
}

async function open(
  config: Config,
  log: Log,
  given: Given,
  opened: AsyncDisposableStack,
): Promise<App> {
  const database = await openDatabase(config.home, config.databaseUrl, log);
  opened.defer(() => database.close());
  const sealing = sealingOf(config, database);
  const around = {
    stateSecret: () => sealing.vault.derive("states"),
    opening: () => all.find(({ opening }) => opening)?.opening,
  };
  const engines = given.engines ?? engineRoom.createEngines(config, log, around);
  opened.defer(() => engines.close());

  const routes: Route[] = [];
  const listening = Promise.withResolvers<string>();
  const library = engines instanceof Library ? engines : undefined;
  const policy = policyOf(config);
  const among = shared(
    () => all,
    () => routes,
    listening.promise,
  );
  const { db } = database;
  const all = features({ config, db, sealing, library, log, policy, ...among });
  await migrate(database.db, all);
  // Who wants no states on the disk wants no old ones either.
  if (config.llama.cacheDiskBytes === 0) await forgetStates(config.home);

  const drain = new Drain();
  const kit = {
    ...assemble(drain.around(granting(engines)), [
      { name: "app", steps: [drain.step, withAsker] },
      ...all,
    ]),
    intake: composeIntake(all.flatMap(({ intake }) => intake ?? [])),
    async forgetConversations(ids: readonly string[]) {
      for (const feature of all) await feature.forgetConversations?.(ids);
    },
  };
  const chat = chatRoutes(kit).map((route) => ({ ...route, access: "chat" as const }));
  const bare = [...chat, ...all.flatMap((one) => one.routes?.(kit) ?? [])];
  routes.push(
    ...bare.map((route) => ({ ...route, layers: layersOf(route, all, config.accounts) })),
  );
  let closed: Promise<void> | undefined;
  opened.defer(() => closed);
  for (const feature of all) {
    opened.defer(() => feature.stop?.());
    await feature.start?.(kit);
  }
  await tellOfRestore(config.home, all);
  // A model process that hangs would keep its turns, and they the features, for ever.
  const hung = () => void engines.close();
  opened.defer(() => void setTimeout(hung, GRACE_MS).unref());
  opened.defer(() => drain.end());
  await library?.start();

  const pages = createServer(routes, {
    ...{ page: PAGE, document: given.document ?? "index.html", log },
    admit: admitFrom(config),
  });
  const app = withRequests(pages, watchOf(config).record, listOf(config.trustedProxies));
  const wanted = config.port ?? DEFAULT_PORT;
  const attempts = config.port === undefined ? PORTS_TO_TRY : 1;
  const { server, port } = await listen(app, config.host, wanted, attempts);
  opened.defer(() => {
    closed = closeServer(server);
  });
  opened.defer(() => drain.finish(config.drainSeconds * 1000));
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  const url = `http://${host}:${port}`;
  listening.resolve(url);
  return {
    url,
    taken: wanted === 0 || port === wanted ? undefined : wanted,
    server,
    stop: () => opened.disposeAsync(),
  };
}
