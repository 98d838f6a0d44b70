/**
 * After an older state of the database was put in its place: what had been ended since then, or used
 * up, must not open anything again. Passwords, passkeys and API keys stay as they were on that day;
 * whoever has revoked one since has to do it again, which the log of acts reminds of.
 */
import type { RecordAct } from "../../core/audit.ts";
import type { AccountsDatabase } from "./tables.ts";

/** Also what is on its way: sign-ins that wait for a code, and challenges of passkeys. */
const ENDED = [
  ...(["account_session", "account_link"] as const),
  ...(["account_verification", "account_challenge"] as const),
];

/** Written down first: whoever cannot do that does not do it. A second call finds nothing. */
export async function endRestored(db: AccountsDatabase, record: RecordAct): Promise<void> {
  const count = async (table: "account_session" | "account_link" | "account_key") => {
    const query = db.selectFrom(table).select((eb) => eb.fn.countAll().as("rows"));
    return Number((await query.executeTakeFirstOrThrow()).rows);
  };
  const details = {
    sessionsEnded: await count("account_session"),
    linksEnded: await count("account_link"),
    keysKept: await count("account_key"),
  };
  await record({ actor: "system", act: "accounts.restored", details });
  for (const table of ENDED) await db.deleteFrom(table).execute();
}
