/** The browser's database, as far as it is used here: three tables, by key. */

type Table = "keys" | "chats" | "parts";

let opening: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("charla-offline", 1);
    asked.onupgradeneeded = () => {
      for (const table of ["keys", "chats", "parts"]) asked.result.createObjectStore(table);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  // Where the browser keeps nothing, it may do so later.
  opening.catch(() => {
    opening = undefined;
  });
  return opening;
}

/** Resolves when what was written is on disk, as far as the browser says so. */
async function within<Result>(
  table: Table,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const transaction = (await database()).transaction(table, mode, { durability: "strict" });
  const asked = work(transaction.objectStore(table));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const get = <Value>(table: Table, key: string) =>
  within<Value | undefined>(table, "readonly", (store) => store.get(key));
export const all = <Value>(table: Table) =>
  within<Value[]>(table, "readonly", (store) => store.getAll());
export const put = (table: Table, key: string, value: unknown) =>
  within(table, "readwrite", (store) => store.put(value, key));
/** Only where there is none: two tabs may begin at once. */
export const add = (table: Table, key: string, value: unknown) =>
  within(table, "readwrite", (store) => store.add(value, key));
export const remove = (table: Table, key: string) =>
  within(table, "readwrite", (store) => store.delete(key));
