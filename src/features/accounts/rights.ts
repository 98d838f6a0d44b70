/** What of an account belongs to its person: given out as a file, and erased on request. */
import type { Rights } from "../../core/rights.ts";
import { alone, expectAnother } from "./people.ts";
import type { AccountsDatabase } from "./tables.ts";

/** By table and the column that names the person; the person's own row comes last. */
const OWN = [
  ...["account_session", "account_login", "account_two_factor", "account_passkey"],
  ...["account_key", "account_link"],
] as const;

/** @param left told who is erased */
export function rightsOf(db: AccountsDatabase, left: (person: string) => void = () => {}): Rights {
  return {
    async *collect(person) {
      const user = await db
        .selectFrom("account_user")
        .select(["id", "name", "email", "role", "created_at", "deactivated_at", "reset_at"])
        .where("id", "=", person)
        .executeTakeFirst();
      if (!user) return;
      const content = {
        account: user,
        sessions: await db
          .selectFrom("account_session")
          .select(["user_agent", "created_at", "expires_at"])
          .where("user_id", "=", person)
          .execute(),
        keys: await db
          .selectFrom("account_key")
          .select(["name", "start", "scopes", "created_at", "expires_at", "used_at"])
          .where("user_id", "=", person)
          .execute(),
        passkeys: await db
          .selectFrom("account_passkey")
          .select(["name", "created_at", "used_at"])
          .where("user_id", "=", person)
          .execute(),
        logins: await db
          .selectFrom("account_login")
          .select(["provider_id", "account_id", "created_at"])
          .where("user_id", "=", person)
          .execute(),
      };
      yield { path: "account/account.json", content: `${JSON.stringify(content, null, 2)}\n` };
    },
    async nameOf(person) {
      const named = db.selectFrom("account_user").select("name").where("id", "=", person);
      return (await named.executeTakeFirst())?.name;
    },
    async personAt(address) {
      const user = await db
        .selectFrom("account_user")
        .select("id")
        .where("email", "=", address.trim().toLowerCase())
        .where("deactivated_at", "is", null)
        .executeTakeFirst();
      return user?.id;
    },
    /** @throws CharlaError `last_administrator` */
    mayErase: (person) => expectAnother(db, person),
    /** Also the last administrator: one who was erased must not come back with an old backup. */
    erase: (person) => {
      left(person);
      return alone(db, async (inside) => {
        let count = 0;
        for (const table of OWN) {
          const of = inside.deleteFrom(table as "account_key").where("user_id", "=", person);
          count += Number((await of.executeTakeFirst()).numDeletedRows);
        }
        await inside.deleteFrom("account_verification").where("value", "=", person).execute();
        const user = inside.deleteFrom("account_user").where("id", "=", person);
        count += Number((await user.executeTakeFirst()).numDeletedRows);
        return [
          {
            what: "account",
            words: {
              en: "The account, with its sessions, passkeys and keys",
              es: "La cuenta, con sus sesiones, llaves de acceso y claves",
            },
            count,
          },
        ];
      });
    },
  };
}
