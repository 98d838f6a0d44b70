/** A list of the server's, and the ways to change it; what goes wrong is kept beside it. */
import { useCallback, useEffect, useState } from "react";
import { type Problem, toProblem } from "../chat/problem.ts";
import { getJson } from "./json.ts";

export function useList<Reply>(path: string) {
  const [reply, setReply] = useState<Reply | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const load = useCallback(async () => {
    try {
      setReply(await getJson<Reply>(path));
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  }, [path]);
  useEffect(() => void load(), [load]);
  /** Does something, then reads the list again. */
  const change = async (work: () => Promise<unknown>) => {
    setProblem(null);
    await work().catch((thrown) => setProblem(toProblem(thrown)));
    await load();
  };
  return { reply, problem, load, change };
}
