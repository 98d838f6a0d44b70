/** Receipts: of every answer that is stored or goes out by the API. */
import { whoAsks } from "../../../core/access.ts";
import type { House, Opened } from "../../../core/feature.ts";
import { route } from "../../../core/route.ts";
import { DAY_MS } from "../../../core/time.ts";
import type { ProvenancePolicy } from "../policy.ts";
import { receiptReply, receiptsReply } from "./api.ts";
import { receiptUnknown } from "./errors.ts";
import { Keeper } from "./keeper.ts";

export function openReceipts(house: House<ProvenancePolicy>) {
  const keeper = new Keeper(house);
  return {
    keeper,
    opened: {
      receipts: keeper,
      routes: [
        route({
          method: "get",
          path: "/api/receipts",
          access: "chat",
          summary: "Lists one's own receipts, oldest first.",
          reply: receiptsReply,
          handle: async () => ({ items: await keeper.list(whoAsks().id) }),
        }),
        route({
          method: "get",
          path: "/api/receipts/:id",
          access: "chat",
          summary:
            "Gives one's own receipt with its salts and its proof, for whoever has the text.",
          reply: receiptReply,
          async handle({ params: { id = "" } }) {
            const file = await keeper.bare(whoAsks().id, id);
            if (!file) throw receiptUnknown();
            return Response.json(file, { headers: { "cache-control": "no-store" } });
          },
        }),
      ],
      rights: rightsOf(keeper),
      forgetConversations: (ids: readonly string[]) => keeper.forget(ids),
      async expire() {
        const before = new Date(Date.now() - house.policy.receipt_days * DAY_MS);
        return [{ what: "receipts", count: await keeper.expire(before.toISOString()) }];
      },
    } satisfies Opened,
  };
}

function rightsOf(keeper: Keeper): Opened["rights"] {
  const words = { en: "Receipts of answers", es: "Recibos de respuestas" };
  return {
    async *collect(person) {
      for (const { id } of await keeper.list(person)) {
        const file = await keeper.bare(person, id);
        if (file)
          yield { path: `receipts/${id}.json`, content: `${JSON.stringify(file, null, 2)}\n` };
      }
    },
    async erase(person) {
      return [{ what: "receipts", words, count: await keeper.erase(person) }];
    },
    giveTo: (from, to) => keeper.give(from, to),
  };
}
