/**
 * The composition root: the only file that names every engine and every feature. To take a feature
 * out, remove its folder and its line in `features`.
 */
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { type Config, DEFAULT_PORT } from "./config.ts";
import { chatRoutes } from "./core/chat.ts";
import { type Engines, only } from "./core/engine.ts";
import { assemble, type Feature, type Kit } from "./core/feature.ts";
import { createServer } from "./core/http.ts";
import type { Route } from "./core/route.ts";
import type { Step } from "./core/turn.ts";
import { Library } from "./engines/library/index.ts";
import { findGpu } from "./engines/llama/gpu.ts";
import { startLlama } from "./engines/llama/index.ts";
import { remote } from "./engines/remote/index.ts";
import { scripted } from "./engines/scripted.ts";
import { api } from "./features/api/index.ts";
import { conversations } from "./features/conversations/index.ts";
import { models } from "./features/models/index.ts";
import { openai } from "./features/openai/index.ts";
import { listen } from "./listen.ts";
import { language } from "./locales/index.ts";
import { type Database, migrate, openDatabase } from "./storage/index.ts";
import { pull } from "./terminal/pull.ts";

export { hubFrom } from "./engines/library/index.ts";
export { findGpu } from "./engines/llama/gpu.ts";

export type Log = (line: string, error?: unknown) => void;

/** The built page, seen from `src/` in the clone and from `dist/` in the package. */
export const PAGE = fileURLToPath(new URL("../dist/web", import.meta.url));
export const VERSION: string = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
).version;

const PORTS_TO_TRY = 20;
/** How long streams may take to end before their connections are cut, in milliseconds. */
const GRACE_MS = 2000;

interface Parts {
  /** Absent on the command line, which works while a server holds the database. */
  readonly db?: Database | undefined;
  /** Absent when the models are another server's. */
  readonly library?: Library | undefined;
  readonly log: Log;
  routes(): readonly Route[];
}

function features(parts: Parts): readonly Feature[] {
  return [
    api({ version: VERSION, routes: parts.routes }),
    openai(),
    ...(parts.db ? [conversations(parts.db, parts.log)] : []),
    ...(parts.library ? [models(parts.library, language)] : []),
  ];
}

export function createLibrary(config: Config, log: Log): Library {
  const { home, model, threads, contextTokens } = config;
  return new Library({
    ...{ home, model, contextTokens, log, findGpu },
    load: (request) => startLlama({ ...request, threads }),
  });
}

export function createEngines(config: Config, log: Log): Engines {
  if (config.engine === "scripted") return only(scripted({ tokenMs: 20 }));
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

/** For a chat without a server: the same steps around every turn, and no database. */
export function createKit(config: Config, log: Log): Kit {
  const engines = createEngines(config, log);
  const library = engines instanceof Library ? engines : undefined;
  return assemble(engines, features({ library, log, routes: () => [] }));
}

/** Adds the commands of the features. */
export function addCommands(program: Command, config: Config, log: Log): void {
  const parts = { library: createLibrary(config, log), log, routes: () => [] };
  for (const feature of features(parts)) feature.commands?.(program);
}

export interface App {
  readonly url: string;
  /** The port that was wanted, when it was taken and another one is used. */
  readonly taken: number | undefined;
  /** Ends running answers, closes connections, engines and the database. */
  stop(): Promise<void>;
}

/** @throws CharlaError `port_in_use`, `home_in_use`, `storage_...`, `model_...` */
export async function startApp(config: Config, log: Log): Promise<App> {
  // What is opened is closed in the opposite order, also when the start fails half-way.
  const opened = new AsyncDisposableStack();
  try {
    return await open(config, log, opened);
  } catch (thrown) {
    await opened.disposeAsync();
    throw thrown;
  }
}

async function open(config: Config, log: Log, opened: AsyncDisposableStack): Promise<App> {
  const database = await openDatabase(config.home);
  opened.defer(() => database.close());
  const engines = createEngines(config, log);
  opened.defer(() => engines.close());

  const routes: Route[] = [];
  const library = engines instanceof Library ? engines : undefined;
  const all = features({ db: database.db, library, log, routes: () => routes });
  await migrate(database.db, all);

  const stopping = new AbortController();
  const kit = assemble(engines, [{ name: "app", steps: [endWith(stopping.signal)] }, ...all]);
  routes.push(...chatRoutes(kit), ...all.flatMap((one) => one.routes?.(kit) ?? []));
  let closed: Promise<void> | undefined;
  opened.defer(() => closed);
  for (const feature of all) {
    opened.defer(() => feature.stop?.());
    await feature.start?.(kit);
  }
  // A model process that hangs would keep its turns, and they the features, for ever.
  const hung = () => void engines.close();
  opened.defer(() => void setTimeout(hung, GRACE_MS).unref());
  opened.defer(() => stopping.abort());
  await library?.start();

  const app = createServer(routes, { page: PAGE, document: "index.html", log });
  const wanted = config.port ?? DEFAULT_PORT;
  const attempts = config.port === undefined ? PORTS_TO_TRY : 1;
  const { server, port } = await listen(app, config.host, wanted, attempts);
  opened.defer(() => {
    closed = closeServer(server);
  });
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  return {
    url: `http://${host}:${port}`,
    taken: wanted === 0 || port === wanted ? undefined : wanted,
    stop: () => opened.disposeAsync(),
  };
}

/** Ends every turn that still runs when the server stops, so that streams close in good order. */
function endWith(signal: AbortSignal): Step {
  return (turn, next) => next({ ...turn, signal: AbortSignal.any([turn.signal, signal]) });
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Connections that fall idle later are kept by the server, so they are looked for again.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
