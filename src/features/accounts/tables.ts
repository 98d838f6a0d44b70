/**
 * The tables of accounts. Those of better-auth (user, session, login, verification, two_factor) have
 * the columns that it needs under names of our own; `tests/unit/accounts/tables.test.ts` asks it
 * whether any is missing. Dates are ISO text in UTC, booleans 0 or 1, on both databases.
 */
import type { CreateTableBuilder, Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { Role } from "./api.ts";

export interface Tables {
  account_user: {
    id: string;
    name: string;
    /** In small letters. */
    email: string;
    email_verified: number;
    image: string | null;
    role: Role;
    /** When an administrator switched the account off. */
    deactivated_at: string | null;
    /** When the password was last set by an administrator's link. */
    reset_at: string | null;
    two_factor_enabled: number | null;
    created_at: string;
    updated_at: string;
  };
  account_session: {
    id: string;
    token: string;
    user_id: string;
    expires_at: string;
    ip_address: string | null;
    user_agent: string | null;
    created_at: string;
    updated_at: string;
  };
  account_login: {
    id: string;
    /** The person's id where it is a password; the provider's subject where it is OpenID Connect. */
    account_id: string;
    provider_id: string;
    user_id: string;
    access_token: string | null;
    refresh_token: string | null;
    id_token: string | null;
    access_token_expires_at: string | null;
    refresh_token_expires_at: string | null;
    scope: string | null;
    /** Its Argon2id hash. */
    password: string | null;
    created_at: string;
    updated_at: string;
  };
  account_verification: {
    id: string;
    identifier: string;
    value: string;
    expires_at: string;
    created_at: string;
    updated_at: string;
  };
  account_two_factor: {
    id: string;
    secret: string;
    backup_codes: string;
    user_id: string;
    verified: number | null;
    failed_verification_count: number | null;
    locked_until: string | null;
  };
  account_passkey: {
    /** The credential's id, base64url. */
    id: string;
    user_id: string;
    name: string;
    /** COSE, base64url. */
    public_key: string;
    /** Up to 2^32 - 1; PostgreSQL gives such numbers as text. */
    counter: number | string;
    transports: string;
    created_at: string;
    used_at: string | null;
  };
  account_key: {
    id: string;
    user_id: string;
    name: string;
    digest: string;
    start: string;
    /** JSON. */
    scopes: string;
    created_at: string;
    expires_at: string;
    used_at: string | null;
  };
  /** Single-use links; the token itself is stored nowhere. */
  account_link: {
    digest: string;
    id: string;
    kind: "set-up" | "invitation" | "reset";
    email: string | null;
    role: Role | null;
    user_id: string | null;
    /** Of a reset: whether it takes the other factors off, too. */
    factors: number;
    created_by: string;
    created_at: string;
    expires_at: string;
  };
  /** WebAuthn's challenges, each for one answer. */
  account_challenge: {
    digest: string;
    kind: "register" | "sign-in";
    challenge: string;
    user_id: string | null;
    expires_at: string;
  };
  /** Codes that were taken, since RFC 6238 allows each once. */
  account_used_code: { id: string; expires_at: string };
  /** One row. Whoever changes what must hold for all people together counts it up first, which locks. */
  account_state: { id: number; changes: number; secret: string | null };
}

export type UserRow = Tables["account_user"];
// biome-ignore lint/suspicious/noExplicitAny: the database also holds the tables of others
export type AnyDatabase = Kysely<any>;
export type AccountsDatabase = Kysely<Tables>;

/** Columns by name; `!` is not null. All are text but the few numbers. */
const NUMBERS = new Set(["email_verified", "two_factor_enabled", "verified", "factors", "changes"]);
const DATES = ["created_at!", "updated_at!"];
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  account_session: ["token!", "expires_at!", "ip_address", "user_agent", ...DATES],
  account_login: [
    ...["account_id!", "provider_id!", "access_token", "refresh_token", "id_token"],
    ...["access_token_expires_at", "refresh_token_expires_at", "scope", "password", ...DATES],
  ],
  account_two_factor: [
    ...["secret!", "backup_codes!", "verified", "failed_verification_count", "locked_until"],
  ],
  account_passkey: ["name!", "public_key!", "counter!", "transports!", "created_at!", "used_at"],
  account_key: [
    ...["name!", "digest!", "start!", "scopes!", "created_at!", "expires_at!", "used_at"],
  ],
};

export const migrations: Readonly<Record<string, Migration>> = {
  "001-tables": {
    async up(db: Kysely<unknown>) {
      const table = (name: string) =>
        db.schema.createTable(name).addColumn("id", "text", (column) => column.primaryKey());
      await columns(table("account_user"), [
        ...["name!", "email!", "email_verified!", "image", "role!", "deactivated_at", "reset_at"],
        ...["two_factor_enabled", ...DATES],
      ])
        .addUniqueConstraint("account_user_email", ["email"])
        .execute();
      for (const [name, of] of Object.entries(COLUMNS)) {
        await columns(table(name), of)
          .addColumn("user_id", "text", (column) =>
            column.notNull().references("account_user.id").onDelete("cascade"),
          )
          .execute();
        await index(db, name, "user_id");
      }
      await columns(table("account_verification"), [
        ...["identifier!", "value!", "expires_at!", ...DATES],
      ]).execute();
      await index(db, "account_verification", "identifier");
      await unique(db, "account_session", ["token"]);
      await unique(db, "account_login", ["provider_id", "account_id"]);
      await unique(db, "account_key", ["digest"]);
      await createLinks(db);
    },
  },
};

async function createLinks(db: Kysely<unknown>): Promise<void> {
  const byDigest = (name: string) =>
    db.schema.createTable(name).addColumn("digest", "text", (column) => column.primaryKey());
  await columns(byDigest("account_link"), [
    ...["id!", "kind!", "email", "role", "user_id", "factors!", "created_by!", "created_at!"],
    "expires_at!",
  ]).execute();
  await columns(byDigest("account_challenge"), [
    ...["kind!", "challenge!", "user_id", "expires_at!"],
  ]).execute();
  await columns(
    db.schema
      .createTable("account_used_code")
      .addColumn("id", "text", (column) => column.primaryKey()),
    ["expires_at!"],
  ).execute();
  await db.schema
    .createTable("account_state")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("changes", "integer", (column) => column.notNull())
    .addColumn("secret", "text")
    .execute();
  await (db as AccountsDatabase)
    .insertInto("account_state")
    .values({ id: 1, changes: 0, secret: null })
    .execute();
}

// biome-ignore lint/suspicious/noExplicitAny: whichever table it is
function columns(table: CreateTableBuilder<any, any>, names: readonly string[]) {
  return names.reduce((built, name) => {
    const column = name.replace("!", "");
    const type = column === "counter" ? "bigint" : isNumber(column) ? "integer" : "text";
    return built.addColumn(column, type, (one) => (name.endsWith("!") ? one.notNull() : one));
  }, table);
}

const isNumber = (column: string) => NUMBERS.has(column) || column.endsWith("_count");

const index = (db: Kysely<unknown>, table: string, column: string) =>
  db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute();

const unique = (db: Kysely<unknown>, table: string, names: readonly string[]) =>
  db.schema
    .createIndex(`${table}_unique`)
    .unique()
    .on(table)
    .columns([...names])
    .execute();
