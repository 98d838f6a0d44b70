/**
 * The tables of all features, brought up to date: forward only, in one transaction, on both
 * databases.
 */
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { CharlaError } from "../core/errors.ts";
import type { Openable } from "../core/feature.ts";

/** The part of a feature that is looked at here. */
export type Migrated = Pick<Openable, "name" | "formerly" | "migrations">;

// biome-ignore lint/suspicious/noExplicitAny: the tables belong to the features
type AnyDatabase = Kysely<any>;

/** By full name: "conversations/001-tables". */
export function migrationsOf(features: readonly Migrated[]): Readonly<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const { migrations: own = {}, ...feature } of features) {
    for (const [step, migration] of Object.entries(own))
      migrations[`${storedAs(feature)}/${step}`] = migration;
  }
  return migrations;
}

/**
 * @param only the migrations to do, by full name; all if absent
 * @param onGone is told the features that have tables here and are not there any more, and whose
 *   tables stay as they are; without it, they are an error
 * @throws CharlaError `storage_newer` when the database holds, or `only` names, changes that a
 *   feature here does not know; `storage_feature_gone`
 */
export async function migrate(
  db: AnyDatabase,
  features: readonly Migrated[],
  only?: readonly string[],
  onGone?: (features: readonly string[]) => void,
): Promise<void> {
  const known = migrationsOf(features);
  const asked = [...(await executed(db)), ...(only ?? [])];
  const unknown = asked.filter((name) => !Object.hasOwn(known, name));
  const here = new Set(features.map(storedAs));
  const late = unknown.find((name) => here.has(featureOf(name)));
  if (late !== undefined) throw newer(late);
  const gone = [...new Set(unknown.map(featureOf))];
  if (gone.length > 0 && !onGone) throw featureGone(gone);
  if (gone.length > 0) onGone?.(gone);
  const wanted = [
    ...Object.entries(known).filter(([name]) => only?.includes(name) ?? true),
    // Kysely wants to see all that a database has had; none of these is run.
    ...unknown.map((name) => [name, { up: async () => {} }] as const),
  ];
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => Object.fromEntries(wanted) },
    // A feature that is new here may come before others in the alphabet.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/**
 * The migrations that a start would do, by full name.
 *
 * @throws CharlaError `storage_newer`
 */
export async function pending(
  db: AnyDatabase,
  features: readonly Migrated[],
): Promise<readonly string[]> {
  const known = migrationsOf(features);
  const had = await executed(db);
  const here = new Set(features.map(storedAs));
  const late = had.find((name) => !Object.hasOwn(known, name) && here.has(featureOf(name)));
  if (late !== undefined) throw newer(late);
  return Object.keys(known).filter((name) => !had.includes(name));
}

/** The migrations that a database has had, by full name. */
export async function executed(db: AnyDatabase): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === "kysely_migration")) return [];
  const rows = await db.selectFrom("kysely_migration").select("name").orderBy("name").execute();
  return rows.map(({ name }) => name);
}

const storedAs = ({ name, formerly = name }: Pick<Migrated, "name" | "formerly">) => formerly;

/** "conversations/001-tables" is one of `conversations`. */
const featureOf = (migration: string) => migration.split("/")[0] ?? "";

function featureGone(features: readonly string[]): CharlaError {
  return new CharlaError("storage_feature_gone", {
    message: "The database has tables of {features}, which this Charla does not have.",
    hint: "Put the feature back to copy them, or drop its tables and its rows in kysely_migration.",
    params: { features: features.join(", ") },
  });
}

function newer(migration: string): CharlaError {
  return new CharlaError("storage_newer", {
    message:
      "The database was written by a Charla that knows {migration}, which this one does not.",
    hint: "Start the newer version, or put back a backup from before the upgrade: charla restore --replace FILE.",
    params: { migration },
  });
}
