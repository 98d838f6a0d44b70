/** What the feature asks of a library of models; the one in `src/engines/library/` is passed in. */
import type { Engines } from "../../core/engine.ts";

export interface Shelf {
  models(): Promise<{ readonly current: string; readonly models: readonly OnShelf[] }>;
  /** Path of a model's file. @throws CharlaError `model_not_installed`, `model_not_found` */
  path(id: string): Promise<string>;
}

export interface OnShelf {
  readonly id: string;
  readonly name: string;
  readonly description: { readonly en: string; readonly es: string };
  readonly licence: string;
  readonly quantisation: string;
  readonly fileBytes: number;
  readonly contextWindow: number;
  readonly template: "own" | "missing" | "chatml" | "guessed" | "none";
  readonly digest: string | null;
  readonly state: string;
}

export interface Where {
  /** Undefined when the models are another server's. */
  of(engines: Engines): Shelf | undefined;
}
