/**
 * Who may come in: asked by better-auth before it makes a person or a session, whichever way
 * somebody has come. What a provider of OpenID Connect says counts only where it has checked the
 * address, and only for who was invited or belongs to a domain that the policy lets in.
 */
import { APIError } from "better-auth/api";
import type { AccountsPolicy } from "./policy.ts";
import type { AccountsDatabase } from "./tables.ts";

/** As better-auth hands it on; more fields go through unchanged. */
interface Incoming {
  readonly email?: string | null | undefined;
  readonly emailVerified?: boolean | undefined;
}

export interface Guests {
  /** Nothing where the provider vouches for the person, else why not. */
  vouchedFor(user: Incoming, method: string): { error: string } | undefined;
  /** The person as it may be made; throws where it may not. */
  admitted<User extends Incoming>(user: User): Promise<User & { role: string }>;
  /** Refuses a session where false. */
  isActive(userId: string): Promise<false | undefined>;
}

export function guestsOf(db: AccountsDatabase, { oidc }: AccountsPolicy): Guests {
  const domains = oidc?.allowed_domains ?? [];
  const belongs = (email: string) =>
    domains.length === 0 || domains.includes(email.slice(email.lastIndexOf("@") + 1).toLowerCase());
  return {
    vouchedFor({ email, emailVerified }, method) {
      if (method !== "oauth") return undefined;
      if (!email || !emailVerified) return { error: "email_not_verified" };
      return belongs(email) ? undefined : { error: "domain_not_allowed" };
    },
    async admitted(user) {
      const email = user.email?.toLowerCase() ?? "";
      const invited = await db
        .deleteFrom("account_link")
        .where("kind", "=", "invitation")
        .where("email", "=", email)
        .where("expires_at", ">", new Date().toISOString())
        .returning("role")
        .executeTakeFirst();
      if (invited) return { ...user, role: invited.role ?? "member" };
      if (oidc?.auto_provision && belongs(email)) return { ...user, role: "member" };
      throw new APIError("FORBIDDEN", { code: "not_invited", message: "not invited" });
    },
    async isActive(userId) {
      const row = await db
        .selectFrom("account_user")
        .select("deactivated_at")
        .where("id", "=", userId)
        .executeTakeFirst();
      return row && row.deactivated_at === null ? undefined : false;
    },
  };
}
