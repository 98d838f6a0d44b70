/**
 * The port that every feature implements, and the only way to extend Charla: our own features use
 * nothing else. A feature is one folder under `src/features/` and one line in `src/app.ts`; what it
 * needs (a database, a library of models) it is given there, when it is made.
 *
 * See `examples/` for a whole feature in one folder.
 */
import type { Command } from "commander";
import type { Migration } from "kysely/migration";
import type { Engines } from "./engine.ts";
import type { Route } from "./route.ts";
import { askEngine, compose, type RunTurn, type Step } from "./turn.ts";

export interface Feature {
  /** The name of its folder. */
  readonly name: string;
  /** Layers around every turn; earlier features are further out. */
  readonly steps?: readonly Step[];
  /** Database changes, forward only, run in the order of their names before anything else. */
  readonly migrations?: Readonly<Record<string, Migration>>;
  /** Called once, before the server listens; a route wins over a file of the page. */
  routes?(kit: Kit): readonly Route[];
  /** Called when the command line is read: adds `charla <name>`. */
  commands?(program: Command): void;
  /** Called after the routes are there, for work that goes on beside requests. */
  start?(kit: Kit): void | Promise<void>;
  /** Called when the server stops; running turns have been aborted by then. */
  stop?(): void | Promise<void>;
}

/** What a feature may use of the core. */
export interface Kit {
  /** Runs one turn through every feature's steps. */
  readonly run: RunTurn;
  readonly engines: Engines;
}

/** Puts the features' steps around the engine. */
export function assemble(engines: Engines, features: readonly Feature[]): Kit {
  const steps = features.flatMap((feature) => feature.steps ?? []);
  return { run: compose(steps, askEngine(engines)), engines };
}
