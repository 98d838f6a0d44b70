/** Collections over HTTP. No `access` stands here: all of it is for a person's own session. */
import { whoAsks } from "../../core/access.ts";
import type { House } from "../../core/feature.ts";
import { borrowerAt, borrowersOf } from "../../core/loans.ts";
import { nameOf } from "../../core/rights.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import type { Collections, Names } from "./collections.ts";
import { lendingOff } from "./errors.ts";
import type { FilesPolicy } from "./policy.ts";

const ROOT = "/api/collections";
const ONE = `${ROOT}/:id`;

export function collectionRoutes(
  collections: Collections,
  house: Pick<House<FilesPolicy>, "intake" | "others" | "policy" | "settings">,
): readonly Route[] {
  const { policy, settings } = house;
  const lending = policy.lending && settings.accounts;
  const { rights, record } = house.others;
  const names: Names = {
    one: async (person) => (await nameOf(rights(), person)) ?? "",
    all: (people) => borrowersOf(rights(), people),
  };
  const named = (owner: string, name: string) =>
    house.intake({ owner, kind: "title", text: name }).then((text) => text.slice(0, 100) || "?");
  return [
    route({
      method: "get",
      path: ROOT,
      summary: "Lists one's own collections of files, and those that others have lent.",
      reply: api.collectionList,
      handle: async () => ({
        items: [...(await collections.list(whoAsks().id, names))],
        lending,
      }),
    }),
    route({
      method: "post",
      path: ROOT,
      summary: "Makes a collection of files of one's own.",
      body: api.newCollection,
      reply: api.collection,
      async handle({ body: { name, files } }) {
        const owner = whoAsks().id;
        const id = await collections.create(owner, await named(owner, name), files);
        return collections.one(owner, id, names);
      },
    }),
    route({
      method: "patch",
      path: ONE,
      summary:
        "Renames a collection, puts files in and out, lends it to a person or to everybody here.",
      body: api.collectionPatch,
      reply: api.collection,
      async handle({ params: { id = "" }, body: { name, lendTo, takeBack, ...rest } }) {
        const owner = whoAsks().id;
        if ((rest.lent || lendTo !== undefined) && !lending) throw lendingOff();
        await collections.own(owner, id);
        const said = (act: string, to: string) =>
          record({ actor: owner, act, subject: id, details: { to } });
        if (rest.lent !== undefined)
          await said(rest.lent ? "collection.lent" : "collection.taken_back", "everybody");
        if (lendTo !== undefined) {
          const borrower = await borrowerAt(rights(), owner, lendTo);
          await said("collection.lent", borrower);
          await collections.loans.lend(id, borrower);
        }
        if (takeBack !== undefined) {
          await said("collection.taken_back", takeBack);
          await collections.loans.takeBack(id, takeBack);
        }
        const change = { ...rest, ...(name && { name: await named(owner, name) }) };
        await collections.change(owner, id, change);
        return collections.one(owner, id, names);
      },
    }),
    route({
      method: "delete",
      path: ONE,
      summary: "Deletes a collection; its files stay where something else needs them.",
      handle: ({ params: { id = "" } }) => collections.remove(whoAsks().id, id),
    }),
  ];
}
