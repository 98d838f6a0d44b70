/** Does what a button asks for, and keeps what went wrong with it where the reader is looking. */
import { useState } from "react";
import { type Problem, toProblem } from "../../chat/problem.ts";

export function useAttempt() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const attempt = async (work: () => Promise<void>) => {
    setProblem(null);
    await work().catch((thrown) => setProblem(toProblem(thrown)));
  };
  return { problem, attempt };
}
