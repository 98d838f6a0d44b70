/** Talks with the worker: a task in, a line of JSON for each thing that happens. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { type Child, ended, start } from "../../../core/programs.ts";
import { refusedBy, workerDied, workerHung } from "../errors.ts";
import { PROGRAMS } from "./folder.ts";

/** Of a token: its id and the natural logarithm of its probability. */
export type Likely = readonly (readonly [id: number, logprob: number])[];

export type Told =
  | { readonly type: "loading"; readonly device: string }
  | {
      readonly type: "ready";
      readonly device: string;
      readonly steps: number;
      /** Steps between two validations. */
      readonly every: number;
      /** Chats of which the end did not fit. */
      readonly cut: number;
      readonly tokens: number;
      readonly answerTokens: number;
      /** That are trained. */
      readonly parameters: number;
    }
  | { readonly type: "resumed"; readonly step: number }
  | { readonly type: "checkpoint"; readonly step: number }
  | {
      readonly type: "step";
      readonly step: number;
      /** Mean over the answers' tokens. */
      readonly loss: number;
      readonly rate: number;
      readonly norm: number;
      readonly tokens: number;
      /** Without the waits for others. */
      readonly seconds: number;
    }
  | {
      readonly type: "validation";
      readonly step: number;
      readonly loss: number;
      readonly perplexity: number;
      /** From the teacher, in nats a token, where its probabilities are learned. */
      readonly divergence?: number;
    }
  | {
      readonly type: "reference";
      readonly tokens: readonly number[];
      readonly tuned: readonly Likely[];
      readonly base: readonly Likely[];
    }
  | {
      readonly type: "test";
      readonly at: number;
      readonly tokens: readonly number[];
      readonly answer: readonly number[];
      /** Of judged answers: 1 for the better, -1 for the worse. */
      readonly sign?: number;
    }
  | {
      /** A chat as it is learned. */
      readonly type: "tokens";
      readonly id: string;
      readonly tokens: readonly number[];
      readonly answer: readonly number[];
    }
  | {
      /** A question of the test set, changed, with its answer. */
      readonly type: "probe";
      readonly at: number;
      readonly seen: boolean;
      readonly tokens: readonly number[];
      readonly answer: readonly number[];
    }
  | {
      /** Some of the chats that it has learned from. */
      readonly type: "learned";
      readonly tokens: readonly number[];
      readonly answer: readonly number[];
    }
  | {
      readonly type: "done";
      readonly steps: number;
      /** The step whose weights were kept. */
      readonly best: number;
      readonly loss: number;
      readonly perplexity: number;
      readonly early: boolean;
    }
  | {
      readonly type: "checked";
      readonly versions: Readonly<Record<string, string>>;
      readonly cuda: boolean;
      readonly device: string;
      readonly python: string;
    };

type Line =
  | Told
  | { readonly type: "turn" }
  | { readonly type: "stopped" }
  | {
      readonly type: "failed";
      readonly code: string;
      readonly params: Readonly<Record<string, string>>;
    };

export interface Talk {
  /** The interpreter that has the packages. */
  readonly python: string;
  readonly cwd: string;
  /** Resolves when the next piece may be begun. */
  turn(): Promise<void>;
  /** Ends it softly: it saves where it is first. */
  readonly signal: AbortSignal;
  /** That work at it together. */
  readonly processes?: number;
  /** Longest silence, in milliseconds. */
  readonly patienceMs?: number;
}

/** Reading a large file takes a while, and a piece of work a minute on a slow machine. */
const PATIENCE_MS = 15 * 60_000;
/** Of one that was told to stop, and ends what it is at first. */
const STOP_MS = 180_000;

/** @throws CharlaError why it failed; the signal's reason when it was stopped */
export async function* converse(task: object, talk: Talk): AsyncGenerator<Told> {
  const { python, cwd, turn, signal, patienceMs = PATIENCE_MS, processes = 1 } = talk;
  signal.throwIfAborted();
  const worker = [...launched(processes), `${PROGRAMS}worker.py`];
  // It reads no settings of the user's own for other trainings.
  const child = start(python, [...flagsFor(python), ...worker], { cwd, env: { HF_HOME: cwd } });
  const say = (line: string) => child.stdin.write(`${line}\n`);
  const watch = new Watch(child, patienceMs);
  const stop = () => {
    watch.expect(STOP_MS);
    say("stop");
  };
  signal.addEventListener("abort", stop, { once: true });
  say(JSON.stringify(task));
  try {
    for await (const text of createInterface({ input: child.stdout })) {
      watch.heard();
      const line = lineOf(text);
      if (line?.type === "turn") {
        watch.rest();
        await turn().catch((thrown) => {
          if (!signal.aborted) throw thrown;
        });
        watch.heard();
        if (!signal.aborted) say("go");
      } else if (line?.type === "failed") {
        throw refusedBy(line.code, line.params, child.lastWords());
      } else if (line && line.type !== "stopped") yield line;
    }
    const code = await ended(child);
    signal.throwIfAborted();
    if (watch.hung) throw workerHung(Math.round(patienceMs / 1000));
    if (code !== 0) throw workerDied(String(code ?? child.signalCode ?? "?"), child.lastWords());
  } finally {
    watch.rest();
    signal.removeEventListener("abort", stop);
    child.kill("SIGKILL");
  }
}

/**
 * By Accelerate, on this machine. `--multi_gpu` is its word for several processes; where there is no card
 * they are of the processor.
 */
function launched(processes: number): readonly string[] {
  if (processes === 1) return [];
  const many = ["--multi_gpu", "--num_processes", String(processes), "--num_machines", "1"];
  const plain = ["--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"];
  return ["-m", "accelerate.commands.launch", ...many, ...plain];
}

/**
 * Neither the user's own packages nor variables of Python's, texts in UTF-8 whatever the system has. What
 * is compiled lies in the environment, as nothing is written where the program is, nor into the system's
 * own Python.
 */
export function flagsFor(python: string): readonly string[] {
  const environment = resolve(python, "../..");
  const compiled = existsSync(join(environment, "pyvenv.cfg"))
    ? ["-X", `pycache_prefix=${join(environment, "pycache")}`]
    : ["-B"];
  return ["-E", "-s", "-X", "utf8", ...compiled];
}

/** What a library prints beside us is none of ours. */
function lineOf(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === "object" && line !== null && "type" in line ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
}

/** Ends a worker that says nothing for too long. */
class Watch {
  hung = false;
  #timer: NodeJS.Timeout | undefined;
  #patienceMs: number;
  readonly #child: Child;

  constructor(child: Child, patienceMs: number) {
    this.#child = child;
    this.#patienceMs = patienceMs;
    this.heard();
  }

  expect(ms: number): void {
    this.#patienceMs = ms;
    this.heard();
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.hung = true;
      this.#child.kill("SIGKILL");
    }, this.#patienceMs);
  }

  /** The silence is ours. */
  rest(): void {
    clearTimeout(this.#timer);
  }
}
