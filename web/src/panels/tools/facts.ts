/** What the details of an answer say of its tools. */
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import type { Fact } from "../../room.ts";
import { t } from "./words.ts";

export function agentFacts({ details, parts = [] }: ChatMessage): readonly Fact[] {
  const { agent } = details ?? {};
  if (!agent) return [];
  const names = parts.flatMap((part) => (part.type === "call" ? part.name : []));
  return [
    [t("tools.used"), [...new Set(names)].join(", ")],
    [t("tools.steps"), String(agent.steps)],
  ];
}
