/**
 * Chats that are stored nowhere: the page has all of one and sends it each time. It is answered as a
 * stored one is, with what its person wants said in every chat.
 */
import { whoAsks } from "../../core/access.ts";
import { stream } from "../../core/chat.ts";
import type { House } from "../../core/feature.ts";
import { type Route, route } from "../../core/route.ts";
import { DEFAULT_SAMPLING, type Message } from "../../core/types.ts";
import { temporaryBody } from "./api.ts";

export const temporaryRoute = ({ run, others }: Pick<House, "run" | "others">): Route =>
  route({
    method: "post",
    path: "/api/temporary",
    access: "chat",
    summary: "Answers a chat that is stored nowhere, or goes on with its last answer.",
    gives: ["text/event-stream"],
    body: temporaryBody,
    async handle({ body: { messages: said, model }, signal, log }) {
      const beginning = await others.beginning(whoAsks().id);
      const messages: readonly Message[] =
        beginning === undefined ? said : [{ role: "system", content: beginning }, ...said];
      const begun = said.at(-1)?.role === "assistant";
      return stream(
        run({
          ...{ messages, model, sampling: DEFAULT_SAMPLING, origin: "page", signal },
          ...(begun && { extras: { prefill: true } }),
        }),
        log,
      );
    },
  });
