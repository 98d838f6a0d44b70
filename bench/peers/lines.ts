/** A system that takes one question a line and gives one answer a line, both JSON. */
import type { Program } from "../processes.ts";
import type { Answer, Question, System } from "../types.ts";

interface Line {
  readonly id: number;
  /** Milliseconds from the question's arrival to each token. */
  readonly deltas: readonly number[];
  readonly promptTokens: number;
  readonly text: string;
}

type Described = Pick<System, "name" | "setting" | "startMs">;

export function overLines(program: Program, described: Described): System {
  const waiting = new Map<number, (line: Line) => void>();
  program.onLine((text) => {
    if (!text.startsWith("{")) return;
    const line = JSON.parse(text) as Line;
    waiting.get(line.id)?.(line);
    waiting.delete(line.id);
  });
  let asked = 0;

  async function ask({ messages, promptTokens = 0, maxTokens }: Question): Promise<Answer> {
    const id = asked++;
    const text = messages.map(({ content }) => content).join("\n");
    const { promise, resolve } = Promise.withResolvers<Line>();
    waiting.set(id, resolve);
    const began = performance.now();
    const question = JSON.stringify({ id, text, messages, promptTokens, maxTokens });
    program.child.stdin?.write(`${question}\n`);
    const line = await Promise.race([promise, program.gone]);
    return {
      began,
      deltas: line.deltas.map((offset) => began + offset),
      ended: performance.now(),
      text: line.text,
      promptTokens: line.promptTokens,
      cachedTokens: 0,
      completionTokens: line.deltas.length,
      ...{ status: 200, retryAfter: null, error: null, retryable: false },
    };
  }

  return {
    ...described,
    pid: program.pid,
    ask,
    pause: () => program.signal("SIGSTOP"),
    resume: () => program.signal("SIGCONT"),
    stop: () => program.stop(),
  };
}
