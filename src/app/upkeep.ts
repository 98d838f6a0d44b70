/**
 * What is done to a whole database, whatever features store in it: while no server has the data
 * folder, except for a backup.
 */
import type { Config } from "../config.ts";
import { expectSeveral } from "../replicas/errors.ts";
import type { Seen } from "../replicas/leader.ts";
import type { Log } from "../server/log.ts";
import { backup } from "../storage/copies/backup.ts";
import { moveToPostgres, restore } from "../storage/copies/restore.ts";
import { tellOfRestore } from "../storage/copies/restored.ts";
import { migrate, openDatabase, openForReading } from "../storage/index.ts";
import { pending } from "../storage/migrate.ts";
import { KeyVault } from "../storage/vault/index.ts";
import { type Rotated, rotate } from "../storage/vault/rotate.ts";
import { stored } from "./house.ts";
import { atRest } from "./rest.ts";
import { VERSION } from "./version.ts";

interface Watch {
  readonly signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

/** What is done to a whole database, whatever is in it. */
export const upkeep = {
  /**
   * What a start of this version would change in the tables, by the names of the changes; it changes
   * nothing by itself, and a server may use the database meanwhile.
   *
   * @throws CharlaError `storage_newer`, `storage_...`
   */
  async pending({ home, databaseUrl }: Config): Promise<readonly string[]> {
    const opened = await openForReading(home, databaseUrl);
    if (!opened) return [];
    try {
      return await pending(opened.db, await stored());
    } finally {
      await opened.close();
    }
  },
  /** Which of several servers leads. @throws CharlaError `replica_needs_...`, `storage_...` */
  async leader({ home, databaseUrl, accounts }: Config): Promise<Seen> {
    const { seek } = await import("../replicas/leader.ts");
    expectSeveral(databaseUrl, accounts);
    const opened = await openForReading(home, databaseUrl);
    if (!opened) return { state: "free" };
    try {
      return await seek(opened.db, Number.POSITIVE_INFINITY);
    } finally {
      await opened.close();
    }
  },
  async look(databaseUrl: string) {
    const { lookAt } = await import("../storage/postgres.ts");
    return lookAt(databaseUrl);
  },

  backup: async (config: Config, file: string, watch: Watch) =>
    backup(file, { ...(await whole(config)), ...watch, version: VERSION }),

  async restore(config: Config, log: Log, file: string, replace: boolean, watch: Watch) {
    const restored = await restore(file, replace, { ...(await whole(config)), ...watch });
    // Whoever was erased since then is erased again; if this is cut off, at the next start.
    await atRest(config, log, ({ opened }) => tellOfRestore(config.home, opened));
    return restored;
  },

  move: async (config: Config & { databaseUrl: string }, watch: Watch) =>
    moveToPostgres({ ...(await whole(config)), ...watch, url: config.databaseUrl }),
};

const whole = async ({ home, databaseUrl: url }: Config) => ({
  ...{ home, url },
  features: await stored(),
});

/** Puts a new master key in the place of the old one, while no server has the data folder. */
export async function rotateMasterKey(config: Config, log: Log, to?: string): Promise<Rotated> {
  const { home, databaseUrl, master } = config;
  const { close, ...opened } = await openDatabase(home, databaseUrl, log);
  try {
    await migrate(opened.db, await stored());
    const vault = new KeyVault({ ...opened, source: { ...master, home } });
    return await rotate(vault, opened, home, to);
  } finally {
    await close();
  }
}
