/** What accounts answer when they cannot do what they are asked. */
import { CharlaError } from "../../core/errors.ts";

/** The same for an unknown address, a wrong password, and an account that was switched off. */
export const signInFailed = () =>
  new CharlaError("sign_in_failed", {
    status: 401,
    message: "Wrong e-mail address or password.",
    hint: "Check them, or sign in another way. An administrator can give you a link to set a new password.",
  });

export const codeRejected = () =>
  new CharlaError("code_rejected", {
    status: 401,
    message: "This code is not valid.",
    hint: "Wait for the next code of your authenticator and try again; every code works once.",
  });

/** Two requests with the same code, password or session at the same moment. */
export const usedMeanwhile = (cause: unknown) =>
  new CharlaError("used_meanwhile", {
    status: 409,
    message: "Another request has used this at the same moment.",
    hint: "If it was not you, change your password; else go on where that one was sent.",
    cause,
  });

export const signInRefused = (cause: unknown) =>
  new CharlaError("sign_in_refused", {
    status: 401,
    message: "This was refused.",
    hint: "Sign in again and repeat it.",
    cause,
  });

export const keysFull = (limit: number) =>
  new CharlaError("keys_full", {
    status: 409,
    message: "You have {limit} API keys, which is the maximum.",
    hint: "Revoke one that you do not need any more.",
    params: { limit },
  });

export const codeTooLate = () =>
  new CharlaError("code_too_late", {
    status: 401,
    message: "No sign-in is waiting for a code, or too much time has passed.",
    hint: "Begin again with your address and password.",
  });

export const codesLocked = () =>
  new CharlaError("codes_locked", {
    status: 429,
    message: "Too many wrong codes.",
    hint: "Wait a quarter of an hour, then begin again with your address and password.",
    retryAfter: 900,
  });

export const passwordWrong = () =>
  new CharlaError("password_wrong", {
    status: 403,
    message: "The current password is not right.",
    hint: "Type the password that you sign in with.",
  });

export const passwordShort = (length: number) =>
  new CharlaError("password_too_short", {
    status: 400,
    param: "password",
    message: "A password needs at least {length} characters.",
    hint: "Take a sentence or four unrelated words; length counts more than signs.",
    params: { length },
  });

export const passwordCommon = () =>
  new CharlaError("password_too_common", {
    status: 400,
    param: "password",
    message:
      "This password is one that attackers try: it was in known breaches, or is easily guessed.",
    hint: "Take a sentence or four unrelated words, without your name or address.",
  });

export const linkInvalid = () =>
  new CharlaError("link_invalid", {
    status: 404,
    message: "This link is no longer valid.",
    hint: "Each link works once and for a limited time. Ask an administrator for a new one; the one for the first set-up is printed by: charla account set-up",
  });

export const alreadySetUp = () =>
  new CharlaError("already_set_up", {
    status: 409,
    message: "There is an administrator already.",
    hint: "Sign in, or ask an administrator to invite you.",
  });

export const emailTaken = () =>
  new CharlaError("email_taken", {
    status: 409,
    param: "email",
    message: "There is already an account with this address.",
    hint: "Look in the list of people; who was switched off can be switched on again.",
  });

export const lastAdministrator = () =>
  new CharlaError("last_administrator", {
    status: 409,
    message: "This is the last administrator, without whom nobody could manage this Charla.",
    hint: "Make somebody else an administrator first.",
  });

export const personNotFound = () =>
  new CharlaError("person_not_found", {
    status: 404,
    message: "There is no such person.",
    hint: "See the list of people.",
  });

export const thingNotFound = () =>
  new CharlaError("account_item_not_found", {
    status: 404,
    message: "There is no such session, key, passkey or invitation of yours.",
    hint: "It may be gone already; load the list again.",
  });

export const signInAgain = () =>
  new CharlaError("sign_in_again", {
    status: 403,
    message: "This needs a recent sign-in.",
    hint: "Sign out, sign in again, and do it within a quarter of an hour.",
  });

export const totpState = () =>
  new CharlaError("totp_state", {
    status: 409,
    message: "Codes of an authenticator are not in the state that this needs.",
    hint: "Load your account again: codes can be switched on once, and off only when they are on.",
  });

export const noPassword = () =>
  new CharlaError("no_password", {
    status: 409,
    message: "Your account has no password.",
    hint: "You sign in by your organisation's provider or a passkey; an administrator can give you a link to set a password.",
  });

export const passkeyFailed = (cause?: unknown) =>
  new CharlaError("passkey_failed", {
    status: 401,
    message: "The passkey could not be checked.",
    hint: "Try again. The device has to confirm that it is you, by fingerprint, face or PIN.",
    cause,
  });

export const passkeyHere = (origin: string) =>
  new CharlaError("passkey_not_here", {
    status: 409,
    message: "Passkeys do not work at this address.",
    hint: "Open Charla at {origin}.",
    params: { origin },
  });

export const keyDays = (days: number) =>
  new CharlaError("key_lives_too_long", {
    status: 400,
    param: "days",
    message: "A key may live for {days} days at most.",
    hint: "Choose fewer days; keys are easily replaced.",
    params: { days },
  });

export const keyInvalid = () =>
  new CharlaError("key_invalid", {
    status: 401,
    message: "This API key is not valid.",
    hint: "It may have expired or been revoked; create a new one in your account.",
  });

export const keyScope = (access: string) =>
  new CharlaError("key_not_allowed", {
    status: 403,
    message: "This API key was not made for this ({access}).",
    hint: "Create a key with that scope, or sign in; some things need your own session.",
    params: { access },
  });

export const sessionEnded = () =>
  new CharlaError("session_ended", {
    status: 401,
    message: "Your session has ended.",
    hint: "Sign in again.",
  });

export const administratorOnly = () =>
  new CharlaError("administrator_only", {
    status: 403,
    message: "Only an administrator can do this.",
    hint: "Ask one of them.",
  });

export const twoCredentials = () =>
  new CharlaError("two_credentials", {
    status: 400,
    message: "The request came with a session and with an API key.",
    hint: "Send one of them, so that there is no doubt in whose name it is.",
  });

export const oidcOff = () =>
  new CharlaError("oidc_off", {
    status: 404,
    message: "Signing in by OpenID Connect is not set up here.",
    hint: "See [accounts.oidc] in docs/policy.md, and CHARLA_OIDC_SECRET.",
  });

export const oidcUnreachable = (cause: unknown) =>
  new CharlaError("oidc_unreachable", {
    status: 503,
    message: "The organisation's sign-in cannot be reached.",
    hint: "Try again in a moment, or sign in another way.",
    retryable: true,
    cause,
  });
