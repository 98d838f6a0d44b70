/**
 * What accounts say over HTTP: what each route takes and gives. The page imports the types.
 *
 * Links (set-up, invitation, reset) carry their token behind a `#`, which no server and no proxy
 * sees: `/account/set-up#<token>`, `/account/invitation#<token>`, `/account/reset#<token>`. The
 * page takes it from there and sends it in a body.
 */
import * as z from "zod";
import { SCOPES } from "../../core/access.ts";
import { text } from "../../core/route.ts";

/** Of the body of somebody who has not signed in: twice what the longest, a passkey's, takes. */
export const STRANGER_BYTES = 32_768;

const role = z.enum(["administrator", "member"]);
export type Role = z.output<typeof role>;
const date = z.iso.datetime();

const email = z.email().max(254).toLowerCase();
/** As people call each other; one line. */
const name = text
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "holds a control character");
/** Only bounds here; what makes a good one is said by `password_...` errors. */
const password = text.min(1).max(256);
const token = z.string().max(100);
const label = name.max(60);

/** The person who is signed in, as the person sees it. */
const me = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role,
  /** Whether a password is set; who always came by OpenID Connect has none. */
  hasPassword: z.boolean(),
  /** Whether a code is asked after the password. */
  totp: z.boolean(),
  /** When somebody last set the password by an administrator's link. */
  resetAt: date.nullable(),
});
export type Me = z.output<typeof me>;

/** GET /api/account/state; also answered without accounts, and without being signed in. */
export const state = z.object({
  /** `solo`: no accounts, nothing to sign in to. */
  mode: z.enum(["solo", "shared"]),
  person: me.nullable(),
  /** Nobody is there yet: the set-up page asks for the token that the terminal has printed. */
  setUpNeeded: z.boolean(),
  methods: z.object({
    password: z.boolean(),
    /** False where the page is opened by an IP address, which WebAuthn does not allow. */
    passkey: z.boolean(),
    /** Name of the OpenID Connect provider for the button; null where there is none. */
    oidc: z.string().nullable(),
  }),
  passwordMinLength: z.int(),
});
export type State = z.output<typeof state>;

/** POST /api/auth/set-up: makes the first administrator, and signs in. */
export const setUpBody = z.strictObject({
  token,
  name,
  email,
  password,
  /** Take over the chats from before there were accounts. */
  claim: z.boolean().default(false),
});

/** POST /api/auth/sign-in */
export const signInBody = z.strictObject({ email, password });
/** Of every way to sign in; `code`: the session begins after POST /api/auth/sign-in/code. */
export const signInReply = z.object({ next: z.enum(["done", "code"]) });
export type SignInReply = z.output<typeof signInReply>;

const totpCode = z.string().regex(/^\d{6}$/, "has six digits");
/** POST /api/auth/sign-in/code: one of the authenticator app, or a backup code. */
export const codeBody = z.union([
  z.strictObject({ totp: totpCode }),
  z.strictObject({ backup: z.string().trim().max(20) }),
]);

/**
 * POST /api/auth/sign-in/passkey/options and /api/auth/passkeys/options: what the browser's
 * `parseRequestOptionsFromJSON` and `parseCreationOptionsFromJSON` take.
 */
export const webAuthnOptions = z.record(z.string(), z.unknown());
const base64url = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\w-]*$/, "is not base64url");
const credential = {
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal("public-key"),
  authenticatorAttachment: z.string().nullish(),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
};
/** POST /api/auth/sign-in/passkey: the browser's `credential.toJSON()`. */
export const passkeySignInBody = z.strictObject({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(4000),
    authenticatorData: base64url(4000),
    signature: base64url(2000),
    userHandle: base64url(200).nullish(),
  }),
});
/** POST /api/auth/passkeys */
export const passkeyBody = z.strictObject({
  name: label,
  credential: z.strictObject({
    ...credential,
    response: z.object({
      clientDataJSON: base64url(4000),
      attestationObject: base64url(20_000),
      transports: z.array(z.string().max(20)).max(10).default([]),
    }),
  }),
});
export const passkey = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: date,
  usedAt: date.nullable(),
});
export const passkeysReply = z.object({ items: z.array(passkey) });
export type Passkey = z.output<typeof passkey>;

/** POST /api/auth/totp, /api/auth/totp/disable and /api/auth/totp/backup-codes */
export const passwordBody = z.strictObject({ password });
/** `uri` is for a QR code: otpauth://... The backup codes are shown this once. */
export const totpReply = z.object({ uri: z.string(), backupCodes: z.array(z.string()) });
export const backupCodesReply = z.object({ backupCodes: z.array(z.string()) });
/** POST /api/auth/totp/verify: from here on a code is asked after the password. */
export const totpBody = z.strictObject({ code: totpCode });

/** POST /api/auth/password: ends all other sessions. */
export const changePasswordBody = z.strictObject({ current: password, next: password });
/** PATCH /api/auth/profile */
export const profileBody = z.strictObject({ name });

/** GET /api/auth/sessions */
export const session = z.object({
  id: z.string(),
  current: z.boolean(),
  userAgent: z.string(),
  createdAt: date,
  expiresAt: date,
});
export const sessionsReply = z.object({ items: z.array(session) });
export type Session = z.output<typeof session>;

const scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length);
/** POST /api/auth/keys */
export const keyBody = z.strictObject({
  name: label,
  scopes,
  /** Until it expires; no more than the policy's `key_days`. */
  days: z.int().min(1).max(3650),
});
export const key = z.object({
  id: z.string(),
  name: z.string(),
  /** Its first characters, to tell it from others. */
  start: z.string(),
  scopes,
  createdAt: date,
  expiresAt: date,
  usedAt: date.nullable(),
});
/** `secret` is the key itself: shown this once and not stored. */
export const keyReply = z.object({ key, secret: z.string() });
export const keysReply = z.object({ items: z.array(key), maxDays: z.int() });
export type Key = z.output<typeof key>;

/** POST /api/auth/invitations. No mail is sent: whoever invites hands the link over. */
export const invitationBody = z.strictObject({ email, role: role.default("member") });
export const invitation = z.object({
  id: z.string(),
  email: z.string(),
  role,
  createdAt: date,
  expiresAt: date,
});
export const invitationReply = z.object({ invitation, link: z.url() });
export const invitationsReply = z.object({ items: z.array(invitation) });
export type Invitation = z.output<typeof invitation>;
/** POST /api/auth/invitations/look: whom an invitation is for, without using it up. */
export const lookBody = z.strictObject({ token });
export const lookReply = z.object({ email: z.string(), role });
/** POST /api/auth/invitations/accept: makes the account, and signs in. */
export const acceptBody = z.strictObject({ token, name, password });
/** POST /api/auth/reset: sets a password by an administrator's link; ends all sessions. */
export const resetBody = z.strictObject({ token, password });

/** GET /api/auth/people */
export const person = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role,
  active: z.boolean(),
  totp: z.boolean(),
  createdAt: date,
});
export const peopleReply = z.object({ items: z.array(person) });
export type Person = z.output<typeof person>;
/** PATCH /api/auth/people/:id: a person who is not active has no sessions and no keys. */
export const personBody = z.strictObject({ role: role.optional(), active: z.boolean().optional() });
/** POST /api/auth/people/:id/reset */
export const resetLinkBody = z.strictObject({
  /** For somebody who has lost the authenticator as well: the link also takes codes and passkeys off. */
  factors: z.boolean().default(false),
});
export const linkReply = z.object({ link: z.url(), expiresAt: date });

/** POST /api/auth/oidc: where the browser goes to sign in. */
export const oidcReply = z.object({ url: z.url() });
/** GET /api/auth/callback/oidc; what the provider sends back. Ends at the page, with `?error=` if it failed. */
export const oidcQuery = z.object({
  code: z.string().max(4000).optional(),
  state: z.string().max(1000).optional(),
  error: z.string().max(200).optional(),
  iss: z.string().max(1000).optional(),
});
