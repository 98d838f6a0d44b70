/**
 * The composition root: the only file that names every engine and every feature. To take a feature
 * out, remove its folder and its line in `features`.
 */
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import type { MiddlewareHandler } from "hono";
import { type Config, DEFAULT_PORT } from "./config.ts";
import { inTheNameOf, SOLO, whoAsksIfAny } from "./core/access.ts";
import type { Act, RecordAct } from "./core/audit.ts";
import { chatRoutes } from "./core/chat.ts";
import { type Engines, only } from "./core/engine.ts";
import { granting } from "./core/extras.ts";
import { assemble, type Feature, type Kit } from "./core/feature.ts";
import { createServer } from "./core/http.ts";
import { composeIntake } from "./core/intake.ts";
import { AI_HEADER, disclosure } from "./core/label.ts";
import type { Route } from "./core/route.ts";
import type { Step } from "./core/turn.ts";
import { Drain } from "./drain.ts";
import { readGguf } from "./engines/library/gguf.ts";
import { Library, memoryBudget } from "./engines/library/index.ts";
import { freeBytes } from "./engines/library/machine.ts";
import { findGpu } from "./engines/llama/gpu.ts";
import { QUANTISED_TYPES, quantise } from "./engines/llama/native/quantize.ts";
import { forgetStates, openModel, planFor, type Settings } from "./engines/llama/service/open.ts";
import type { Choice } from "./engines/llama/service/plan.ts";
import {
  type Contest,
  nothingToTune,
  saveTuning,
  type Tuning,
  tune,
} from "./engines/llama/service/tuning.ts";
import { remote } from "./engines/remote/index.ts";
import { scripted } from "./engines/scripted.ts";
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
import { backup } from "./storage/copies/backup.ts";
import { moveToPostgres, restore } from "./storage/copies/restore.ts";
import { tellOfRestore } from "./storage/copies/restored.ts";
import type { Side } from "./storage/copies/tables.ts";
import { type Database, migrate, openDatabase } from "./storage/index.ts";
import { scrub } from "./storage/scrub.ts";
import { KeyVault } from "./storage/vault/index.ts";
import { type Rotated, rotate } from "./storage/vault/rotate.ts";
import { pull } from "./terminal/pull.ts";

export { hubFrom, memoryBudget } from "./engines/library/index.ts";
export { findGpu } from "./engines/llama/gpu.ts";
export type { Contest, Tuning } from "./engines/llama/service/tuning.ts";

/** The built page, seen from `src/` in the clone and from `dist/` in the package. */
export const PAGE = fileURLToPath(new URL("../dist/web", import.meta.url));
export const VERSION: string = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
).version;

const PORTS_TO_TRY = 20;
/** How long streams may take to end before their connections are cut, in milliseconds. */
const GRACE_MS = 2000;

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
const versionOf = ({ policy, home }: Config) => policyVersion(policy, home);
const policyOf = ({ policy, home }: Config) => readPolicy(policy, home, SECTIONS);

/** Each address in the policy, with the name of its setting: "accounts.oidc.issuer". */
export function policyAddresses(config: Config): { name: string; address: string }[] {
  const walk = (value: unknown, path: readonly string[]): { name: string; address: string }[] => {
    if (typeof value === "string" && /^https?:/.test(value)) {
      return [{ name: path.join("."), address: value }];
    }
    const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return inner.flatMap(([name, one]) => walk(one, [...path, name]));
  };
  return walk(policyOf(config), []);
}

function features(parts: Parts): readonly Feature[] {
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
    quantize(quantiseTools(parts.config, parts.log), language),
    audit({ db: parts.db, withDatabase: atRest(parts), language }),
    rights({ ...rightsTools(parts), policy: parts.policy.retention }),
  ];
}

/** For commands: the database and what stores in it, while no server has the data folder. */
const atRest =
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
const shared = (
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
const sealingOf = ({ home, master }: Config, { db, kind }: Side) => ({
  db,
  vault: new KeyVault({ db, kind, source: { ...master, home } }),
  scrub: (tables: readonly string[]) => scrub(db, kind, tables, true),
});

interface Watch {
  readonly signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

/** What is done to a whole database, whatever is in it. */
export const upkeep = {
  async look(databaseUrl: string) {
    const { lookAt } = await import("./storage/postgres.ts");
    return lookAt(databaseUrl);
  },

  backup: (config: Config, log: Log, file: string, watch: Watch) =>
    backup(file, { ...whole(config, log), ...watch, version: VERSION }),

  async restore(config: Config, log: Log, file: string, replace: boolean, watch: Watch) {
    const restored = await restore(file, replace, { ...whole(config, log), ...watch });
    // Whoever was erased since then is erased again; if this is cut off, at the next start.
    await atRest({ config, log })((_db, { features }) => tellOfRestore(config.home, features()));
    return restored;
  },

  move: (config: Config & { databaseUrl: string }, log: Log, watch: Watch) =>
    moveToPostgres({ ...whole(config, log), ...watch, url: config.databaseUrl }),
};

const whole = (config: Config, log: Log) => ({
  home: config.home,
  url: config.databaseUrl,
  features(at: Side) {
    const [sealing, policy] = [sealingOf(config, at), policyOf(config)];
    return features({ config, db: at.db, sealing, log, policy, ...shared(() => []) });
  },
});

/** Puts a new master key in the place of the old one, while no server has the data folder. */
export async function rotateMasterKey(config: Config, log: Log, to?: string): Promise<Rotated> {
  const { home, databaseUrl } = config;
  const opened = await openDatabase(home, databaseUrl, log);
  try {
    const [db, sealing, policy] = [opened.db, sealingOf(config, opened), policyOf(config)];
    await migrate(db, features({ config, db, sealing, log, policy, ...shared(() => []) }));
    return await rotate(sealing.vault, opened, home, to);
  } finally {
    await opened.close();
  }
}

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

/** What the feature quantize is given. */
export function quantiseTools(config: Config, log: Log) {
  return {
    ...{ types: QUANTISED_TYPES, inspect: readGguf, quantise, freeBytes },
    /** By itself on the machine, and nothing of its conversations is kept. */
    async open(path: string, signal: AbortSignal) {
      const alone = { home: dirname(path), slots: 1, cacheMemoryBytes: 0, cacheDiskBytes: 0 };
      const [id, gguf] = [basename(path), await readGguf(path)];
      return openModel(
        { ...engineSettings(config, log), ...alone },
        { id, name: id, path, gguf, signal },
      );
    },
  };
}

export function createLibrary(config: Config, log: Log): Library {
  const { home, model, modelMemory, contextTokens } = config;
  const memoryBytes = memoryBudget(modelMemory);
  return new Library({
    ...{ home, model, contextTokens, memoryBytes, log, findGpu },
    kvBytes: async (file) => (await planFor(engineSettings(config, log), file)).kvBytes,
    load: (request) => openModel(engineSettings(config, log), request),
  });
}

/** What the embedded engine is told of the settings. */
export function engineSettings({ home, contextTokens, llama }: Config, log: Log): Settings {
  const { queue, queueSeconds: waitSeconds, userSlots, hangSeconds, ...wishes } = llama;
  const patienceMs = hangSeconds && hangSeconds * 1000;
  return {
    ...wishes,
    contextTokens,
    home,
    limits: { queue, waitSeconds, userSlots },
    patienceMs,
    log,
  };
}

export function createEngines(config: Config, log: Log): Engines {
  if (config.engine === "scripted") {
    const engine = scripted({ tokenMs: 20 });
    // For `npm run bench`, which measures the way of an answer and not the engine's waiting.
    const burst = scripted({ id: "burst" });
    const get = async (model?: string) => (model === "burst" ? burst : engine);
    return { ...only(engine), get, loads: () => [engine.load()] };
  }
  if (config.remote) return remote(config.remote);
  return createLibrary(config, log);
}

/**
 * Downloads the model that answers by default if it is not there, and shows the progress on
 * standard error. A model that is the user's own file, or another server's, is left to the engine.
 */
export async function fetchModel(config: Config, log: Log): Promise<void> {
  if (config.engine !== "llama") return;
  const library = createLibrary(config, log);
  try {
    if (library.status().state !== "missing") return;
    const { current, models } = await library.models();
    const model = models.find(({ id }) => id === current);
    if (model && !model.own) await pull(library, model.id, language);
  } finally {
    await library.close();
  }
}

/** How the model that answers by default would be run; undefined when it is not on this machine. */
export async function planOf(config: Config, log: Log): Promise<Choice | undefined> {
  if (config.engine !== "llama") return undefined;
  const library = createLibrary(config, log);
  try {
    const { current, models } = await library.models();
    const found = models.find(({ id, state }) => id === current && state === "ready");
    if (!found) return undefined;
    const path = await library.path(current);
    const file = { path, digest: found.digest ?? undefined, gguf: await readGguf(path) };
    return await planFor(engineSettings(config, log), file);
  } finally {
    await library.close();
  }
}

/** Measures what is best here for the model that answers by default, and saves it. */
export async function tuneModel(
  config: Config,
  log: Log,
  signal: AbortSignal,
  onStage: (stage: Contest) => void,
): Promise<{ path: string; model: string; tuning: Tuning }> {
  if (config.engine !== "llama") throw nothingToTune(config.engine);
  const library = createLibrary(config, log);
  try {
    const { current: model } = await library.models();
    const digest = await library.verify(model, signal, () => {});
    const path = await library.path(model);
    const { contextWindow: contextTokens } = await readGguf(path);
    const tuning = await tune({ path, contextTokens, model: digest }, signal, onStage);
    return { path: await saveTuning(config.home, tuning), model, tuning };
  } finally {
    await library.close();
  }
}

/** For a chat without a server: the same steps around every turn, and no database. */
export function createKit(config: Config, log: Log): Kit {
  const engines = createEngines(config, log);
  const library = engines instanceof Library ? engines : undefined;
  return assemble(
    granting(engines),
    features({ config, library, log, policy: policyOf(config), ...shared(() => []) }),
  );
}

/** Adds the commands of the features. */
export function addCommands(program: Command, config: Config, log: Log): void {
  const library = createLibrary(config, log);
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
  const engines = given.engines ?? createEngines(config, log);
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
  const sealing = sealingOf(config, database);
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
  routes.push(...bare.map((route) => ({ ...route, layers: layersOf(route, all, config) })));
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

/** Outermost first: the gates, who it is without accounts, what the features put around the route. */
function layersOf(route: Route, all: readonly Feature[], { accounts }: Config) {
  const gates = all.flatMap((feature) => feature.gates?.(route) ?? []);
  const layers = all.flatMap((feature) => feature.layers?.(route) ?? []);
  const label = route.generated ? [labelled] : [];
  return [...label, ...gates, ...(accounts ? [] : [solo]), ...layers];
}

/** Says that what is sent was written by a model; which one stands in it. */
const labelled: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.ok) c.header(AI_HEADER, disclosure());
};

/** Until a feature finds out who asks, it is the one who sits at this machine. */
const solo: MiddlewareHandler = (_c, next) => inTheNameOf(SOLO, next);

/** Tells the other steps and the engine who asks; who has an account cannot ask as somebody else. */
const withAsker: Step = (turn, next) => {
  const asker = whoAsksIfAny();
  const user = asker && asker.via !== "solo" ? asker.id : turn.user;
  return next({ ...turn, asker, user });
};

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Connections that fall idle later are kept by the server, so they are looked for again.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
