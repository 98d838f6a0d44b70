/** A person's rights over the files: to have them as they came, to have them erased or given away. */
import type { Rights } from "../../core/rights.ts";
import type { Collections } from "./collections.ts";
import type { OpenIndexes } from "./finding/opened.ts";
import type { ReadingQueue } from "./reading/queue.ts";
import type { Files } from "./store.ts";
import type { Stores } from "./stores/store.ts";

export interface RightsOptions {
  readonly files: Files;
  readonly collections: Collections;
  readonly stores: Stores;
  readonly queue: ReadingQueue;
  readonly indexes: OpenIndexes;
}

export const rightsOf = ({
  files,
  collections,
  stores,
  queue,
  indexes,
}: RightsOptions): Rights => ({
  async *collect(person) {
    const shelves = await collections.of(person);
    if (shelves.length > 0)
      yield { path: "files/collections.json", content: `${JSON.stringify(shelves, null, 2)}\n` };
    const said = await Array.fromAsync(stores.of(person));
    if (said.length > 0)
      yield { path: "files/vector-stores.json", content: `${JSON.stringify(said, null, 2)}\n` };
    const stored = await files.list(person);
    if (stored.length === 0) return;
    const list = await files.seen(person, stored, () => undefined);
    yield { path: "files/files.json", content: `${JSON.stringify(list, null, 2)}\n` };
    const sealer = await files.sealer(person);
    for (const { id, about } of stored) {
      const pieces = await Array.fromAsync(files.blocks(sealer, id).original());
      yield { path: `files/${id}/${named(about.name)}`, content: Buffer.concat(pieces) };
    }
  },
  async erase(person) {
    await queue.leave(({ owner }) => owner === person);
    indexes.forget();
    return [
      {
        what: "collections",
        words: { en: "Collections of files", es: "Colecciones de archivos" },
        count: await collections.erase(person),
      },
      {
        what: "collection loans",
        words: { en: "Collections lent by others", es: "Colecciones prestadas por otros" },
        count: await collections.loans.erase(person),
      },
      {
        what: "files",
        words: { en: "Files", es: "Archivos" },
        count: await files.erase(person),
      },
    ];
  },
  async giveTo(from, to) {
    await queue.leave(({ owner }) => owner === from);
    indexes.forget();
    await stores.giveTo(from, to);
    await collections.giveTo(from, to);
    await files.giveTo(from, to);
    await queue.resume();
  },
});

/** Without anything that a file system or an unpacker would take for something else. */
const named = (name: string): string =>
  name
    .replace(/[\p{C}\\/:*?"<>|]/gu, "_")
    .replace(/^\.+/, "_")
    .slice(0, 120)
    .toWellFormed() || "file";
