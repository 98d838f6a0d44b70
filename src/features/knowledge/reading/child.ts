/** Has a file read in a process of its own, within limits of time and memory. */
import { fork, memoryOf } from "../../../core/children.ts";
import type { Place } from "../api.ts";
import type { Given, Told } from "./process.ts";
import { type Facts, type ReadingCode, type Section, Unreadable } from "./sections.ts";

type Child = ReturnType<typeof fork>;

export interface Limits {
  /** Wall clock. */
  readonly ms: number;
  /** Of the process, as far as the system tells; and of its heap, in any case. */
  readonly memoryBytes: number;
}

export const LIMITS: Limits = { ms: 180_000, memoryBytes: 900e6 };
/** Of V8's heap; the file itself, and what is unpacked of it, stand beside it. */
const HEAP_MB = 512;
const LOOK_MS = 200;

/** It reads the program's own files and nothing else is let: no write, no other program, no eval. */
const FLAGS = [
  ...["--permission", "--allow-fs-read=*", "--disallow-code-generation-from-strings"],
  ...[`--max-old-space-size=${HEAP_MB}`, "--no-warnings"],
];

export interface Watched {
  readonly name: string;
  readonly bytes: number;
  readonly signal: AbortSignal;
  content(): AsyncIterable<Uint8Array>;
  progress(done: number, total: number): void;
  sections(sections: readonly Section[]): void;
  /** Text of an image; absent where nobody reads any. What it takes does not count as the child's time. */
  recognise?: ((image: Uint8Array) => Promise<string>) | undefined;
}

/** @throws Unreadable why it could not be read; the signal's reason */
export async function readFileOf(watched: Watched, limits: Limits = LIMITS): Promise<Facts> {
  const { signal } = watched;
  signal.throwIfAborted();
  const program = new URL(`./process${import.meta.url.slice(-3)}`, import.meta.url);
  const child = fork(program, [], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
    flags: FLAGS,
  });
  const outcome = Promise.withResolvers<Facts>();
  const fail = (code: ReadingCode) => outcome.reject(new Unreadable(code));
  child.on("message", (told: Told) => {
    if (told.type === "progress") watched.progress(told.done, told.total);
    else if (told.type === "sections") watched.sections(told.sections);
    else if (told.type === "image") void recognised(told.place, told.image);
    else if (told.type === "done") outcome.resolve(told.facts);
    else fail(told.code as ReadingCode);
  });
  child.on("error", () => fail("file_broken"));
  // V8 ends itself when its heap is full.
  child.on("exit", (code) => fail(code === 0 || code === 1 ? "file_broken" : "file_too_heavy"));
  let left = limits.ms;
  let since = performance.now();
  const watch = () => setTimeout(() => fail("file_too_heavy"), left);
  let slow = watch();
  let over = false;
  const recognised = async (place: Place, image: Uint8Array) => {
    clearTimeout(slow);
    left -= performance.now() - since;
    // An image that cannot be read is no reason to lose the rest.
    const text = (await watched.recognise?.(image).catch(() => "")) ?? "";
    if (over) return;
    if (text !== "") watched.sections([{ place, text }]);
    since = performance.now();
    slow = watch();
    await send(child, { type: "recognised", characters: text.length }).catch(() => {});
  };
  const hungry = setInterval(async () => {
    if ((await memoryOf(child.pid)) > limits.memoryBytes) fail("file_too_heavy");
  }, LOOK_MS);
  const abort = () => outcome.reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    give(child, watched).catch(() => {});
    return await outcome.promise;
  } finally {
    over = true;
    signal.removeEventListener("abort", abort);
    clearTimeout(slow);
    clearInterval(hungry);
    child.kill("SIGKILL");
  }
}

async function give(child: Child, watched: Watched): Promise<void> {
  const { name, bytes, content, recognise } = watched;
  await send(child, { type: "file", name, bytes, recognises: recognise !== undefined });
  for await (const some of content()) await send(child, { type: "bytes", bytes: some });
}

const send = (child: Child, given: Given): Promise<void> =>
  new Promise((resolve, reject) =>
    child.send(given, (error) => (error ? reject(error) : resolve())),
  );
