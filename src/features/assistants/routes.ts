/** Assistants over HTTP. No `access` stands here, so that each is for a person's own session. */
import { whoAsks } from "../../core/access.ts";
import type { House } from "../../core/feature.ts";
import { borrowerAt, borrowersOf } from "../../core/loans.ts";
import { nameOf } from "../../core/rights.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { lendingOff } from "./errors.ts";
import type { AssistantsPolicy } from "./policy.ts";
import type { Kept, Store } from "./store.ts";

const ROOT = "/api/assistants";
const ONE = `${ROOT}/:id`;

type Needed = Pick<House<AssistantsPolicy>, "intake" | "others" | "policy" | "settings">;

export function assistantRoutes(store: Store, house: Needed): readonly Route[] {
  const lending = house.policy.lending && house.settings.accounts;
  const seen = async ({ id, owner, version, lent, content }: Kept): Promise<api.Assistant> => {
    const own = owner === whoAsks().id;
    const by = own ? null : ((await nameOf(house.others.rights(), owner)) ?? "");
    const lentTo = own ? await borrowersOf(house.others.rights(), await store.loans.of(id)) : [];
    return { id, version, ...content, lent, lentTo, by };
  };
  return [
    route({
      method: "get",
      path: ROOT,
      summary: "Lists one's own assistants, newest first, and those that others have lent.",
      reply: api.assistantList,
      async handle() {
        const all = await store.seenBy(whoAsks().id);
        return { items: await Promise.all(all.map(seen)), lending };
      },
    }),
    route({
      method: "post",
      path: ROOT,
      summary: "Keeps an assistant.",
      body: api.assistantBody,
      reply: api.assistant,
      async handle({ body }) {
        const owner = whoAsks().id;
        return seen(await store.add(owner, await taken(house, owner, body)));
      },
    }),
    route({
      method: "post",
      path: `${ROOT}/import`,
      summary: "Keeps the assistant of an exported file, without the tools that it asks for.",
      body: api.assistantFile,
      reply: api.importReply,
      async handle({ body: { format: _, version: __, ...content } }) {
        const owner = whoAsks().id;
        const { tools, collections: ___, ...settings } = content.settings;
        const kept = await taken(house, owner, { ...content, settings });
        return {
          assistant: await seen(await store.add(owner, kept)),
          tools: Array.isArray(tools) ? tools : [],
        };
      },
    }),
    route({
      method: "put",
      path: ONE,
      summary: "Changes an assistant of one's own, which is a new version of it from then on.",
      body: api.assistantBody,
      reply: api.assistant,
      async handle({ params: { id = "" }, body }) {
        const owner = whoAsks().id;
        return seen(await store.change(owner, id, await taken(house, owner, body)));
      },
    }),
    route({
      method: "patch",
      path: ONE,
      summary: "Lends an assistant to a person or to everybody here, or takes it back.",
      body: api.lendBody,
      reply: api.assistant,
      async handle({ params: { id = "" }, body: { lent, lendTo, takeBack } }) {
        const owner = whoAsks().id;
        if ((lent || lendTo !== undefined) && !lending) throw lendingOff();
        await store.own(owner, id);
        const { rights, record } = house.others;
        const said = (act: string, to: string) =>
          record({ actor: owner, act, subject: id, details: { to } });
        if (lent !== undefined) {
          await said(lent ? "assistant.lent" : "assistant.taken_back", "everybody");
          await store.lend(owner, id, lent);
        }
        if (lendTo !== undefined) {
          const borrower = await borrowerAt(rights(), owner, lendTo);
          await said("assistant.lent", borrower);
          await store.loans.lend(id, borrower);
        }
        if (takeBack !== undefined) {
          await said("assistant.taken_back", takeBack);
          await store.loans.takeBack(id, takeBack);
        }
        return seen(await store.one(owner, id));
      },
    }),
    route({
      method: "get",
      path: `${ONE}/versions`,
      summary: "Lists what an assistant of one's own is and was, newest version first.",
      reply: api.versionList,
      async handle({ params: { id = "" } }) {
        const all = await store.versions(whoAsks().id, id);
        return {
          items: all.map(({ version, changedAt, content }) => ({ version, changedAt, ...content })),
        };
      },
    }),
    route({
      method: "get",
      path: `${ONE}/export`,
      summary: "Gives an assistant as a file, without its collections of files.",
      reply: api.assistantFile,
      async handle({ params: { id = "" } }) {
        const { content } = await store.one(whoAsks().id, id);
        const { collections: _, ...settings } = content.settings;
        const file = { format: "charla.assistant", version: 1, ...content, settings } as const;
        return new Response(`${JSON.stringify(file, null, 2)}\n`, {
          headers: {
            "content-type": "application/json",
            "content-disposition": 'attachment; filename="assistant.json"',
            "cache-control": "no-store",
          },
        });
      },
    }),
    route({
      method: "delete",
      path: ONE,
      summary: "Deletes an assistant of one's own; chats that were begun with it stay as they are.",
      handle: ({ params: { id = "" } }) => store.remove(whoAsks().id, id),
    }),
  ];
}

/** Its texts as the house lets them in. */
async function taken(
  { intake }: Pick<House, "intake">,
  owner: string,
  { name, icon, about, openings, settings }: api.Content,
): Promise<api.Content> {
  const title = (text: string) => intake({ owner, kind: "title", text });
  const { systemPrompt, assistant: _, ...rest } = settings;
  return {
    ...{ name: (await title(name)).slice(0, 100) || "?", icon: (await title(icon)).slice(0, 16) },
    about: (await title(about)).slice(0, 300),
    openings: (await Promise.all(openings.map(title))).filter(Boolean),
    settings: {
      ...rest,
      ...(systemPrompt !== undefined && {
        systemPrompt: await intake({ owner, kind: "system", text: systemPrompt }),
      }),
    },
  };
}
