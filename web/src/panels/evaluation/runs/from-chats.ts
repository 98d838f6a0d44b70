/** The questions of a person's own chats, as a file of a set would have them. */
import type { Conversation } from "../../../../../src/features/conversations/api.ts";
import { getJson } from "../../../ui/json.ts";

interface Wanted {
  readonly chats: readonly string[];
  /** Of the questions: "en", "es". */
  readonly lang: string;
  /** The answers that stand there count as the right ones. */
  readonly answers: boolean;
}

/** Each question of the branch that is shown, with all that stands before it; a line of JSON each. */
export async function questionsOf({ chats, lang, answers }: Wanted): Promise<string> {
  const lines: string[] = [];
  for (const id of chats) {
    const chat = await getJson<Conversation>(`/api/conversations/${id}`);
    const branch = branchOf(chat);
    for (const [at, { role, content }] of branch.entries()) {
      if (role !== "user" || content.trim() === "") continue;
      const answer = branch[at + 1];
      const told = answers && answer?.status === "done" ? [answer.content] : [];
      const messages = branch
        .slice(0, at + 1)
        .filter((one) => one.content.trim() !== "")
        .map((one) => ({ role: one.role, content: one.content }));
      lines.push(
        JSON.stringify({
          ...{ id: `${id.slice(0, 8)}-${at}`, lang, kind: "chat", messages },
          ...{ references: told.filter(Boolean), source: "own chat", licence: "not stated" },
        }),
      );
    }
  }
  return lines.join("\n");
}

/** From the first message to the one that is shown last. */
function branchOf({ messages, currentId }: Conversation): Conversation["messages"] {
  const byId = new Map(messages.map((one) => [one.id, one]));
  const branch: Conversation["messages"] = [];
  for (let at = byId.get(currentId ?? ""); at; at = byId.get(at.parentId ?? "")) branch.unshift(at);
  return branch;
}
