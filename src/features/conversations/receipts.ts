/** The receipts of answers: what the house writes down of each, and what goes along when it is taken out. */
import type { House } from "../../core/feature.ts";
import type { Answered, Proof, ReceiptFile } from "../../core/receipts.ts";
import type { Turn } from "../../core/types.ts";
import type { ChatMessage } from "./api.ts";
import { pathTo, toPrompt } from "./tree.ts";

/** What of the house they need. */
export type Proving = Pick<House, "others">;

/** A finished answer as it is about to be stored. */
export function answered(
  owner: string,
  conversation: string,
  { messages, sampling }: Pick<Turn, "messages" | "sampling">,
  { id: message, content, status, details }: ChatMessage,
): Answered {
  const {
    model = "",
    modelName = model,
    digest,
    quantisation,
    seed,
    made,
    guard,
    mark,
  } = details ?? {};
  return {
    owner,
    at: { conversation, message },
    messages,
    text: content,
    status: status === "running" ? "interrupted" : status,
    model: { name: modelName, digest, quantisation },
    ...{ seed, sampling, made, guard, mark },
    tokens: details?.completionTokens,
  };
}

/** Undefined for an answer that has none, or none any more. */
export async function receiptOf(
  { others }: Proving,
  owner: string,
  messages: readonly ChatMessage[],
  { parentId, content, details }: ChatMessage,
): Promise<ReceiptFile | undefined> {
  if (details?.receipt === undefined) return undefined;
  const prompt = toPrompt(pathTo(messages, parentId));
  return others.receipts()?.file(owner, details.receipt, { text: content, messages: prompt });
}

export type Proofs = (messages: readonly ChatMessage[]) => Promise<readonly Proof[]>;

/** Of those messages that have one. */
export const proofsOf =
  ({ others }: Proving, owner: string): Proofs =>
  async (messages) => {
    const found: Proof[] = [];
    for (const { id, content, details } of messages) {
      if (details?.receipt === undefined) continue;
      const file = await others.receipts()?.file(owner, details.receipt, { text: content });
      if (file) found.push({ message: id, ...file, text: null });
    }
    return found;
  };
