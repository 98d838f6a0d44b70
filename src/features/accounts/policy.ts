/** What an organisation may decide about accounts: the section `[accounts]` of its policy. */
import * as z from "zod";

const domain = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "takes domains, such as example.org");

function isGuarded(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

const oidc = z.strictObject({
  /** `https://login.example.org`: where `/.well-known/openid-configuration` is. */
  issuer: z
    .url({ protocol: /^https?$/ })
    .refine(isGuarded, "takes https://, or http:// on this machine alone"),
  client_id: z.string().min(1),
  /** For the button: "Sign in with ...". */
  name: z.string().min(1).max(40).default("OpenID Connect"),
  /** Only addresses of these; of any domain where the list is empty. */
  allowed_domains: z.array(domain).default([]),
  /** Make an account for whoever the provider vouches for; otherwise only for who was invited. */
  auto_provision: z.boolean().default(false),
});

export const accountsPolicy = z
  .strictObject({
    /** Days until a session ends, used or not. */
    session_days: z.int().min(1).max(90).default(14),
    invitation_days: z.int().min(1).max(30).default(7),
    /** Longest life of an API key. */
    key_days: z.int().min(1).max(3650).default(365),
    password_min_length: z.int().min(8).max(64).default(12),
    oidc: oidc.optional(),
  })
  .refine(
    ({ oidc }) => !oidc?.auto_provision || oidc.allowed_domains.length > 0,
    "auto_provision needs allowed_domains, or anybody whom the provider knows could come in",
  );
export type AccountsPolicy = z.output<typeof accountsPolicy>;
