/**
 * A process of its own for one piece of JavaScript: reads it, runs it in QuickJS, which is a machine of
 * its own in WebAssembly with no way out, prints what came of it as JSON, and ends. Whoever has started
 * it kills it at its time: QuickJS's own deadline is not looked at within some of its functions.
 */
import { text } from "node:stream/consumers";
import variant from "@jitl/quickjs-wasmfile-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
} from "quickjs-emscripten-core";
import { MEMORY_MIB, type Outcome, STACK_BYTES } from "./outcome.ts";

/** Of the types of browsers, which are not those of this process. */
declare const WebAssembly: { Memory: new (pages: { initial: number; maximum: number }) => never };

/** The types of the package say that its default export is within another one; Node takes it out. */
const sync = variant as unknown as QuickJSSyncVariant;

/** Of WebAssembly's memory, in bytes. */
const PAGE = 65_536;
const pages = (mib: number) => (mib * 2 ** 20) / PAGE;

/** Each line that the program has printed. */
const printed: string[] = [];
let size = 0;
const MAX_PRINTED = 100_000;

async function run(source: string): Promise<Outcome> {
  const wasmMemory = new WebAssembly.Memory({ initial: pages(16), maximum: pages(MEMORY_MIB) });
  const module = await newQuickJSWASMModuleFromVariant(newVariant(sync, { wasmMemory }));
  const runtime = module.newRuntime();
  runtime.setMemoryLimit((MEMORY_MIB - 16) * 2 ** 20);
  runtime.setMaxStackSize(STACK_BYTES);
  const context = runtime.newContext();
  const show = (handle: Parameters<typeof context.dump>[0]): string => {
    const value: unknown = context.dump(handle);
    if (typeof value === "string") return value;
    return value === undefined ? "undefined" : (JSON.stringify(value) ?? String(value));
  };
  const log = context.newFunction("log", (...given) => {
    const line = given.map(show).join(" ");
    size += line.length + 1;
    if (size <= MAX_PRINTED) printed.push(line);
  });
  const console = context.newObject();
  for (const name of ["log", "info", "warn", "error", "debug"]) context.setProp(console, name, log);
  context.setProp(context.global, "console", console);
  const told = (error: unknown) => {
    const { name = "Error", message = String(error) } = Object(error);
    return { printed, error: `${name}: ${message}` };
  };
  const result = context.evalCode(source, "program.js");
  if (result.error) return told(context.dump(result.error));
  // A program that ends in a promise is one that waits for it.
  const settled = context.resolvePromise(result.value);
  runtime.executePendingJobs();
  const value = await Promise.race([
    settled,
    new Promise<undefined>((done) => setImmediate(() => done(undefined))),
  ]);
  if (value === undefined) return told({ message: "the promise at its end is never settled" });
  if (value.error) return told(context.dump(value.error));
  return { printed, value: show(value.value) };
}

const outcome = await run(await text(process.stdin));
// Nothing is freed: what a program has done to its machine can make that fail, and the process ends.
process.stdout.write(JSON.stringify(outcome), () => process.exit(0));
