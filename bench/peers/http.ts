/** A system that speaks OpenAI's API over HTTP. */
import { ask, connections } from "../client.ts";
import type { Program } from "../processes.ts";
import type { System } from "../types.ts";

export interface Reached {
  readonly name: string;
  readonly setting: string;
  readonly program: Program;
  readonly startMs: number;
  /** Address of the chat completions. */
  readonly url: string;
  readonly model?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, unknown>>;
  /** False for a program that would take the pause for a fault of its own. */
  readonly canPause?: boolean;
  /** What has to go when it ends, besides the program. */
  stop?(): Promise<void>;
}

export function overHttp({ program, canPause = true, ...reached }: Reached): System {
  let agent = connections();
  const system: System = {
    name: reached.name,
    setting: reached.setting,
    pid: program.pid,
    url: reached.url,
    startMs: reached.startMs,
    ask: (question) => ask({ ...reached, agent }, question),
    pause: () => canPause && program.signal("SIGSTOP"),
    resume() {
      // A server that wakes up closes what was idle for too long, just when it is used again.
      agent.destroy();
      agent = connections();
      if (canPause) program.signal("SIGCONT");
    },
    async stop() {
      agent.destroy();
      await (reached.stop ?? program.stop)();
    },
  };
  return system;
}
