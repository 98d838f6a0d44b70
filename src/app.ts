/**
 * The composition root: the only file that names every engine and every feature. To take a feature
 * out, remove its folder and its line in `features`.
 */
import { mkdirSync } from "node:fs";
import type { Server } from "node:http";
import { fileURLToPath } from "node:url";
import type { Config } from "./config.ts";
import { completionRoutes } from "./core/completions.ts";
import { type Engines, only } from "./core/engine.ts";
import { CharlaError } from "./core/errors.ts";
import { assemble, type Feature } from "./core/feature.ts";
import { createServer, listen } from "./core/http.ts";
import type { Step } from "./core/turn.ts";
import { scripted } from "./engines/scripted.ts";

/** The built page, seen from `src/` in the clone and from `dist/` in the package. */
export const PAGE = fileURLToPath(new URL("../dist/web", import.meta.url));

const DEFAULT_PORT = 8080;
const PORTS_TO_TRY = 20;
/** How long streams may take to end before their connections are cut, in milliseconds. */
const GRACE_MS = 2000;

export interface App {
  readonly url: string;
  /** The port that was wanted, when it was taken and another one is used. */
  readonly taken: number | undefined;
  readonly engines: Engines;
  /** Ends running answers, closes connections, engines and the database. */
  stop(): Promise<void>;
}

export type Log = (line: string, error?: unknown) => void;

export async function createEngines(config: Config, _log: Log): Promise<Engines> {
  if (config.engine === "scripted") return only(scripted({ tokenMs: 20 }));
  throw new TypeError(`the ${config.engine} engine is not plugged in`);
}

/** @throws CharlaError `port_in_use`, `home_not_writable` */
export async function startApp(config: Config, log: Log): Promise<App> {
  makeHome(config.home);
  const engines = await createEngines(config, log);
  const features: readonly Feature[] = [];

  const stopping = new AbortController();
  const kit = assemble(engines, [
    { name: "stopping", steps: [abortWith(stopping.signal)] },
    ...features,
  ]);
  const routes = [...completionRoutes(kit), ...features.flatMap((one) => one.routes?.(kit) ?? [])];
  const app = createServer(routes, { page: PAGE, document: "index.html", log });

  const wanted = config.port ?? DEFAULT_PORT;
  const attempts = config.port === undefined ? PORTS_TO_TRY : 1;
  const { server, port } = await listen(app, config.host, wanted, attempts);
  for (const feature of features) await feature.start?.(kit);

  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  return {
    url: `http://${host}:${port}`,
    taken: wanted === 0 || port === wanted ? undefined : wanted,
    engines,
    async stop() {
      stopping.abort();
      const closed = closeServer(server);
      for (const feature of features.toReversed()) await feature.stop?.();
      await closed;
      await engines.close();
    },
  };
}

/** Ends every turn when the server stops, so that streams close with what was written. */
function abortWith(signal: AbortSignal): Step {
  return (turn, next) => next({ ...turn, signal: AbortSignal.any([turn.signal, signal]) });
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(cut);
}

function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new CharlaError("home_not_writable", {
      message: "The data folder {home} cannot be written to ({reason}).",
      hint: "Make it writable, or choose another folder with CHARLA_HOME.",
      params: { home, reason: (cause as NodeJS.ErrnoException).code ?? String(cause) },
      cause,
    });
  }
}
