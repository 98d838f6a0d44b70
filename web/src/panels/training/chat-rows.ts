/** What of a chat is learned: the branch that is shown, or the answers with a thumb and what leads to them. */
import type { Conversation } from "../../../../src/features/conversations/api.ts";

/** Of a chat's answers. */
export type Thumbs = ReadonlyMap<string, "up" | "down">;

type Message = Conversation["messages"][number];
interface Row {
  readonly role: string;
  readonly content: string;
  readonly weight?: 0;
}

/** The branch that was looked at last. */
export const shownOf = (chat: Conversation): readonly Row[] =>
  rowOf(chat, pathTo(chat, chat.currentId), ({ status }) => status === "done");

/** Each way to an answer with a thumb up; the others on it are read and not learned. */
export function likedOf(chat: Conversation, thumbs: Thumbs): readonly (readonly Row[])[] {
  const liked = new Set([...thumbs].filter(([, thumb]) => thumb === "up").map(([id]) => id));
  const paths = [...liked].map((id) => pathTo(chat, id)).filter((path) => path.length > 0);
  const last = paths.filter(
    (path) => !paths.some((other) => other.length > path.length && other.includes(end(path))),
  );
  return last.map((path) => rowOf(chat, path, ({ id }) => liked.has(id)));
}

/** Each answer with a thumb, up or down, behind what was said before it. */
export const judgedOf = (chat: Conversation, thumbs: Thumbs) =>
  [...thumbs].flatMap(([id, thumb]) => {
    const path = pathTo(chat, id);
    const messages = rowOf(chat, path, (one) => one.id === id);
    return path.length > 0 ? [{ messages, label: thumb === "up" }] : [];
  });

const end = (path: readonly Message[]) => path.at(-1) as Message;

function rowOf(
  { settings }: Conversation,
  path: readonly Message[],
  learned: (message: Message) => boolean,
): readonly Row[] {
  const { systemPrompt } = settings;
  const empty = path.findIndex(({ content }) => content.trim() === "");
  const whole = empty < 0 ? path : path.slice(0, empty);
  return [
    ...(systemPrompt ? [{ role: "system", content: systemPrompt }] : []),
    ...whole.map((one): Row => {
      const { role, content } = one;
      return role === "assistant" && !learned(one)
        ? { role, content, weight: 0 }
        : { role, content };
    }),
  ];
}

function pathTo({ messages }: Conversation, leaf: string | null): readonly Message[] {
  const byId = new Map(messages.map((one) => [one.id, one]));
  const path: Message[] = [];
  for (let at = byId.get(leaf ?? ""); at; at = byId.get(at.parentId ?? "")) path.unshift(at);
  return path;
}
