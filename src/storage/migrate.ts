/**
 * The tables of all features, brought up to date: forward only, in one transaction, on both
 * databases.
 */
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { CharlaError } from "../core/errors.ts";
import type { Feature } from "../core/feature.ts";

/** The part of a feature that is looked at here. */
export type Migrated = Pick<Feature, "name" | "migrations">;

// biome-ignore lint/suspicious/noExplicitAny: the tables belong to the features
type AnyDatabase = Kysely<any>;

/** By full name: "conversations/001-tables". */
export function migrationsOf(features: readonly Migrated[]): Readonly<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const { name, migrations: own = {} } of features) {
    for (const [step, migration] of Object.entries(own)) migrations[`${name}/${step}`] = migration;
  }
  return migrations;
}

/**
 * @param only the migrations to do, by full name; all if absent
 * @throws CharlaError `storage_newer` when the database holds, or `only` names, changes that no
 *   feature here knows
 */
export async function migrate(
  db: AnyDatabase,
  features: readonly Migrated[],
  only?: readonly string[],
): Promise<void> {
  const known = migrationsOf(features);
  const asked = [...(await executed(db)), ...(only ?? [])];
  const unknown = asked.find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) throw newer(unknown);
  const wanted = Object.entries(known).filter(([name]) => only?.includes(name) ?? true);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => Object.fromEntries(wanted) },
    // A feature that is new here may come before others in the alphabet.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** The migrations that a database has had, by full name. */
export async function executed(db: AnyDatabase): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === "kysely_migration")) return [];
  const rows = await db.selectFrom("kysely_migration").select("name").orderBy("name").execute();
  return rows.map(({ name }) => name);
}

function newer(migration: string): CharlaError {
  return new CharlaError("storage_newer", {
    message:
      "The database was written by a Charla that knows {migration}, which this one does not.",
    hint: "Start the newer version, or choose another data folder with CHARLA_HOME.",
    params: { migration },
  });
}
