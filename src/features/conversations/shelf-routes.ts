/** The routes by which chats are put in order: folders, and several chats at once. */
import { whoAsks } from "../../core/access.ts";
import type { House } from "../../core/feature.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import type { Folders } from "./folders.ts";
import { proofsOf } from "./receipts.ts";
import { changeSeveral } from "./several.ts";
import type { Store } from "./store.ts";
import { download, exportJson, readAll, withImages } from "./transfer.ts";
import type { Turns } from "./turns.ts";

const ROOT = "/api/conversations";
const FOLDERS = "/api/folders";
const READ = { access: "conversations:read" } as const;
const WRITE = { access: "conversations:write" } as const;
const BOTH = { access: ["conversations:read", "conversations:write"] } as const;

interface Options {
  readonly store: Store;
  readonly turns: Turns;
  readonly folders: Folders;
  readonly house: House;
}

export function shelfRoutes({ store, turns, folders, house }: Options): readonly Route[] {
  const takeName = (owner: string, text: string) => house.intake({ owner, kind: "title", text });
  return [
    route({
      ...WRITE,
      method: "post",
      path: `${ROOT}/several`,
      summary: "Deletes, archives, brings back or moves several conversations, or all.",
      body: api.severalBody,
      reply: api.severalReply,
      async handle({ body }) {
        const owner = whoAsks().id;
        const reply = await changeSeveral(house.db, store, owner, body);
        if (body.do === "delete") {
          if (body.which === "all") await turns.stopAllOf(owner);
          else for (const id of body.which) await turns.stopAll(owner, id);
        }
        return reply;
      },
    }),
    route({
      ...READ,
      method: "post",
      path: `${ROOT}/export`,
      compressed: true,
      summary: "Downloads some conversations as a JSON file.",
      generated: true,
      body: api.exportBody,
      reply: api.exportFile,
      async handle({ body: { ids } }) {
        const owner = whoAsks().id;
        const names = await folders.names(owner);
        const along = withImages(house, owner);
        const some = exportJson(readAll(store, owner, ids), proofsOf(house, owner), names, along);
        const labelled = await house.others.labels().file(some);
        return download(labelled, "application/json", "charla", "json");
      },
    }),
    route({
      ...READ,
      method: "get",
      path: FOLDERS,
      summary: "Lists the folders, oldest first.",
      reply: api.folderList,
      handle: async () => ({ items: await folders.list(whoAsks().id) }),
    }),
    route({
      ...WRITE,
      method: "post",
      path: FOLDERS,
      summary: "Makes a folder.",
      body: api.folderBody,
      reply: api.folder,
      async handle({ body: { name } }) {
        const owner = whoAsks().id;
        return folders.create(owner, await takeName(owner, name));
      },
    }),
    route({
      ...BOTH,
      method: "patch",
      path: `${FOLDERS}/:id`,
      summary: "Renames a folder.",
      body: api.folderBody,
      reply: api.folder,
      async handle({ params: { id = "" }, body: { name } }) {
        const owner = whoAsks().id;
        return folders.rename(owner, id, await takeName(owner, name));
      },
    }),
    route({
      ...WRITE,
      method: "delete",
      path: `${FOLDERS}/:id`,
      summary: "Deletes a folder; its conversations stay, in none.",
      handle: ({ params: { id = "" } }) => folders.remove(whoAsks().id, id),
    }),
  ];
}
