/**
 * What is done to a whole database, whatever features store in it: while no server has the data
 * folder, except for a backup.
 */
import { atRest, features, policyOf, sealingOf, shared, VERSION } from "./app.ts";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";
import { backup } from "./storage/copies/backup.ts";
import { moveToPostgres, restore } from "./storage/copies/restore.ts";
import { tellOfRestore } from "./storage/copies/restored.ts";
import type { Side } from "./storage/copies/tables.ts";
import { migrate, openDatabase } from "./storage/index.ts";
import { type Rotated, rotate } from "./storage/vault/rotate.ts";

interface Watch {
  readonly signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

/** What is done to a whole database, whatever is in it. */
export const upkeep = {
  async look(databaseUrl: string) {
    const { lookAt } = await import("./storage/postgres.ts");
    return lookAt(databaseUrl);
  },

  backup: (config: Config, log: Log, file: string, watch: Watch) =>
    backup(file, { ...whole(config, log), ...watch, version: VERSION }),

  async restore(config: Config, log: Log, file: string, replace: boolean, watch: Watch) {
    const restored = await restore(file, replace, { ...whole(config, log), ...watch });
    // Whoever was erased since then is erased again; if this is cut off, at the next start.
    await atRest({ config, log })((_db, { features }) => tellOfRestore(config.home, features()));
    return restored;
  },

  move: (config: Config & { databaseUrl: string }, log: Log, watch: Watch) =>
    moveToPostgres({ ...whole(config, log), ...watch, url: config.databaseUrl }),
};

const whole = (config: Config, log: Log) => ({
  home: config.home,
  url: config.databaseUrl,
  features(at: Side) {
    const [sealing, policy] = [sealingOf(config, at), policyOf(config)];
    return features({ config, db: at.db, sealing, log, policy, ...shared(() => []) });
  },
});

/** Puts a new master key in the place of the old one, while no server has the data folder. */
export async function rotateMasterKey(config: Config, log: Log, to?: string): Promise<Rotated> {
  const { home, databaseUrl } = config;
  const opened = await openDatabase(home, databaseUrl, log);
  try {
    const [db, sealing, policy] = [opened.db, sealingOf(config, opened), policyOf(config)];
    await migrate(db, features({ config, db, sealing, log, policy, ...shared(() => []) }));
    return await rotate(sealing.vault, opened, home, to);
  } finally {
    await opened.close();
  }
}
