/** What went wrong, and what to do about it, in the reader's language. */
import { useLanguage } from "../chat/language.ts";
import { explain, type Problem } from "../chat/problem.ts";

export function ProblemText({ problem }: { problem: Problem }) {
  useLanguage();
  const [message, hint] = explain(problem);
  return (
    <p>
      <strong>{message}</strong> {hint}
    </p>
  );
}
