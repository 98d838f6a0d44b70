/**
 * What others can build on, from the package: engines, the AI SDK's models made of them, and turns
 * with features around them. It runs on Node 24; `charla` itself brings its own.
 *
 * ```js
 * import { startLlama, toLanguageModel } from "charla";
 * const model = toLanguageModel(await startLlama({ path: "model.gguf", id: "mine", name: "Mine" }));
 * ```
 */
export { type Engine, type EngineStatus, type Engines, only, type Request } from "./core/engine.ts";
export { CharlaError, type ErrorBody, type ErrorOptions } from "./core/errors.ts";
export { type Feature, type House, type Openable, type Opened, openable } from "./core/feature.ts";
export { type Input, type Route, route } from "./core/route.ts";
export { askEngine, compose, type RunTurn, type Step } from "./core/turn.ts";
export * from "./core/types.ts";
export { generateWith, toLanguageModel } from "./engines/ai-sdk.ts";
export { startLlama } from "./engines/llama/index.ts";
export { remote } from "./engines/remote/index.ts";
export { type Script, scripted } from "./engines/scripted.ts";
