/**
 * One model process for as long as it lives: calls go out, parts come back. It knows nothing of
 * restarts; whoever calls learns by {@link Gone} that the process has ended.
 */
import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fork } from "../../../core/children.ts";
import type { Call, Calls, Reply } from "../process/protocol.ts";
import { PULSE_FD } from "../process/pulse.ts";
import { failed } from "./errors.ts";

/** The process ended before it had answered; the reason is a signal, an exit code or our own. */
export class Gone extends Error {
  /** Calls that were computed when it ended. */
  readonly together: number;

  constructor(reason: string, together: number) {
    super(reason);
    this.together = together;
  }
}

export interface Running {
  /** Settles when the call has ended: with Gone, or with what the process says went wrong. */
  readonly done: Promise<void>;
  /** The process ends the call between two batches; `done` then settles as for any other end. */
  cancel(): void;
}

interface Reader {
  readonly call: keyof Calls;
  part(part: unknown): void;
  end(error?: Error): void;
}

/** When memory runs out the kernel should end this process, and never the server (0 to 1,000). */
const OOM_SCORE = 800;
/** The calls that work on what users send, so that the process may die of any of them. */
const COMPUTED: ReadonlySet<keyof Calls> = new Set([
  ...(["generate", "score", "embed"] as const),
  ...(["count", "tokenize", "detokenize"] as const),
]);

export class Channel {
  /** Resolves with the reason when the process has ended. */
  readonly gone: Promise<string>;
  /** Messages that have come; a process that is silent does not make it grow. */
  heard = 0;
  /** Beats of its other thread, which tells whether it is busy. */
  beats = 0;
  /** For how long its event loop has not come round, as the last beat said. */
  busyMs = 0;
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #readers = new Map<number, Reader>();
  #calls = 0;
  #reason = "";
  #ended = false;

  /** @param name the model's, for errors */
  constructor(program: URL, name: string) {
    this.#name = name;
    this.#child = fork(program, [], {
      stdio: ["ignore", "inherit", "inherit", "ipc", "pipe"],
      serialization: "advanced",
    });
    this.gone = new Promise((resolve) => {
      const end = (reason: string) => {
        this.#ended = true;
        this.#reason ||= reason;
        resolve(this.#reason);
        const readers = [...this.#readers.values()];
        const together = readers.filter(({ call }) => COMPUTED.has(call)).length;
        const gone = new Gone(this.#reason, together);
        for (const reader of readers) reader.end(gone);
      };
      this.#child.on("exit", (code, signal) => end(signal ?? `exit code ${code}`));
      // It did not start; what else can go wrong here ends in `exit`.
      this.#child.on("error", (error) => {
        if (this.#child.pid === undefined) end(error.message);
      });
    });
    // A process that has closed its channel cannot be asked any more; most have ended by then.
    this.#child.on("disconnect", () => this.#child.kill("SIGKILL"));
    this.#child.on("message", (replies) => this.#hear(replies));
    const pulse = this.#child.stdio[PULSE_FD];
    pulse?.on("data", (bytes: Buffer) => {
      this.beats += 1;
      this.busyMs = Number(bytes.toString().trimEnd().split("\n").at(-1));
    });
    // Its other end closes with the process.
    pulse?.on("error", () => {});
    preferToEnd(this.#child.pid);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  call<Name extends keyof Calls>(
    call: Name,
    takes: Calls[Name]["takes"],
    onPart: (part: Calls[Name]["parts"]) => void,
  ): Running {
    const id = this.#calls++;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const end = (error?: Error) => {
      this.#readers.delete(id);
      if (error) reject(error);
      else resolve();
    };
    if (this.#ended) end(new Gone(this.#reason, 0));
    else {
      this.#readers.set(id, { call, part: (part) => onPart(part as Calls[Name]["parts"]), end });
      this.#send({ id, call, takes } as Call);
    }
    return {
      done: promise,
      cancel: () => this.#readers.has(id) && this.#send({ id, call: "cancel" }),
    };
  }

  /** For calls with one part. */
  async one<Name extends keyof Calls>(
    call: Name,
    takes: Calls[Name]["takes"],
  ): Promise<Calls[Name]["parts"]> {
    const parts: Calls[Name]["parts"][] = [];
    await this.call(call, takes, (part) => parts.push(part)).done;
    const part = parts.at(-1);
    if (part === undefined) throw failed(this.#name, `no answer to ${call}`);
    return part;
  }

  /** SIGKILL, which a stopped process heeds as well. */
  kill(reason: string): void {
    this.#reason ||= reason;
    this.#child.kill("SIGKILL");
  }

  #send(call: Call): void {
    // The callback takes the error of a process that has just died; its exit says the rest.
    if (this.#child.connected) this.#child.send(call, () => {});
  }

  #hear(replies: unknown): void {
    // What it still says is not to be trusted.
    if (this.#reason) return;
    this.heard += 1;
    if (!Array.isArray(replies) || !replies.every(isReply)) {
      this.kill("it said what is no reply");
      return;
    }
    for (const reply of replies) {
      const reader = this.#readers.get(reply.id);
      if ("part" in reply) reader?.part(reply.part);
      else if ("error" in reply) reader?.end(failed(this.#name, reply.error));
      else reader?.end();
    }
  }
}

function isReply(reply: unknown): reply is Reply {
  return (
    typeof reply === "object" &&
    reply !== null &&
    "id" in reply &&
    ("part" in reply || "end" in reply || "error" in reply)
  );
}

function preferToEnd(pid: number | undefined): void {
  if (process.platform !== "linux" || pid === undefined) return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(OOM_SCORE));
  } catch {
    // Not every container shows it; the kernel then decides by size alone.
  }
}
