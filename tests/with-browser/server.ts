/**
 * A whole server on a folder of its own: SQLite, every feature, the built page, and an engine
 * that says what the test tells it to.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chatRoutes } from "../../src/core/chat.ts";
import { type Engines, only } from "../../src/core/engine.ts";
import { assemble } from "../../src/core/feature.ts";
import { createServer } from "../../src/core/http.ts";
import type { Route } from "../../src/core/route.ts";
import { Library, type LibraryOptions } from "../../src/engines/library/index.ts";
import { type Script, scripted } from "../../src/engines/scripted.ts";
import { api } from "../../src/features/api/index.ts";
import { conversations } from "../../src/features/conversations/index.ts";
import { metrics } from "../../src/features/metrics/index.ts";
import { models } from "../../src/features/models/index.ts";
import { openai } from "../../src/features/openai/index.ts";
import { listen } from "../../src/listen.ts";
import { currentRequest, withRequests } from "../../src/requests.ts";
import { migrate, openDatabase } from "../../src/storage/index.ts";

const PAGE = fileURLToPath(new URL("../../dist/web", import.meta.url));

export interface ServeOptions {
  readonly script?: Script;
  /** What the engines are said to do; what the scripted one does, when absent. */
  readonly loads?: Engines["loads"];
  /** Awaited before the model takes a question, as while it is loaded. */
  readonly loading?: (signal: AbortSignal) => Promise<void>;
  /** "minimal.html" for the clone alone. */
  readonly document?: string;
  /** Data folder to go on with; a fresh one when absent. */
  readonly home?: string;
  /** 0 for any. */
  readonly port?: number;
  /** With a library of models, which loads the scripted engine whatever the file. */
  readonly library?: Pick<LibraryOptions, "hub" | "catalogue"> &
    Partial<Pick<LibraryOptions, "load">> & { readonly model?: string };
}

export interface Served {
  readonly url: string;
  readonly home: string;
  readonly port: number;
  /** Breaks every connection; new ones are served. */
  cut(): void;
  /** Pulls the plug: connections break, the data stays. */
  stop(): Promise<void>;
  /** Stops and removes the data. */
  [Symbol.asyncDispose](): Promise<void>;
}

export async function serve(options: ServeOptions = {}): Promise<Served> {
  if (!existsSync(join(PAGE, "index.html"))) throw new Error("build the page first: npm run build");
  const home = options.home ?? (await mkdtemp(join(tmpdir(), "charla-page-")));
  const log = () => {};
  const { db, close } = await openDatabase(home);
  const engine = scripted(options.script);
  const library =
    options.library &&
    new Library({
      load: async ({ id }) => scripted({ ...options.script, id }),
      ...options.library,
      home,
      log,
    });
  const fixed = only(engine);
  const get: Engines["get"] = async (model, signal) => {
    await options.loading?.(signal);
    return fixed.get(model, signal);
  };
  const loads = options.loads ?? (() => [engine.load()]);
  const engines: Engines = library ?? { ...fixed, get, loads };
  const routes: Route[] = [];
  const features = [
    metrics({ asking: currentRequest, log }),
    api({ version: "0.0.0", routes: () => routes }),
    openai(),
    conversations(db, log),
    ...(library ? [models(library)] : []),
  ];
  await migrate(db, features);
  const kit = assemble(engines, features);
  routes.push(...chatRoutes(kit), ...features.flatMap((one) => one.routes?.(kit) ?? []));
  for (const feature of features) await feature.start?.(kit);
  await library?.start();
  const app = createServer(routes, {
    page: PAGE,
    document: options.document ?? "index.html",
    log,
  });
  const { server, port } = await listen(withRequests(app), "127.0.0.1", options.port ?? 0);
  let running = true;
  const stop = async () => {
    if (!running) return;
    running = false;
    server.closeAllConnections();
    server.close();
    for (const feature of features.toReversed()) await feature.stop?.();
    await engines.close();
    await close();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    home,
    port,
    cut: () => server.closeAllConnections(),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
