/**
 * The whole product on a folder of its own, with the built page and an engine that says what the
 * test tells it to.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PAGE } from "../../src/app/version.ts";
import { startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { type Engines, only } from "../../src/core/engine.ts";
import { Library, type LibraryOptions } from "../../src/engines/library/index.ts";
import { type Script, scripted } from "../../src/engines/scripted.ts";

const log = () => {};

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
  /** Further settings: `CHARLA_...`. */
  readonly env?: Readonly<Record<string, string>>;
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
  const port = String(options.port ?? 0);
  const settings = { CHARLA_PORT: port, CHARLA_DRAIN_SECONDS: "0", ...options.env };
  const config = readConfig({}, { ...settings, CHARLA_HOME: home });
  const engines: Engines = library ?? { ...fixed, get, loads };
  const app = await startApp(config, log, { engines, document: options.document });
  let running = true;
  const stop = async () => {
    if (!running) return;
    running = false;
    app.server.closeAllConnections();
    await app.stop();
  };
  return {
    url: app.url,
    home,
    port: Number(new URL(app.url).port),
    cut: () => app.server.closeAllConnections(),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
