/**
 * Passkeys by the browser's own JSON forms.
 * Source: W3C, "Web Authentication Level 3", sections 5.1.8 to 5.1.10.
 */
import { failure } from "../../chat/problem.ts";
import { sendJson } from "../../ui/json.ts";
import { t } from "./words.ts";

/** Whether this browser has them, and here: an address by number has none. */
export const canPasskey = () =>
  "PublicKeyCredential" in window && "parseCreationOptionsFromJSON" in PublicKeyCredential;

export async function signInByPasskey(): Promise<void> {
  const options = await sendJson<PublicKeyCredentialRequestOptionsJSON>(
    "POST",
    "/api/auth/sign-in/passkey/options",
  );
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await asked(navigator.credentials.get({ publicKey }));
  await sendJson("POST", "/api/auth/sign-in/passkey", credential.toJSON());
}

export async function addPasskey(name: string): Promise<void> {
  const options = await sendJson<PublicKeyCredentialCreationOptionsJSON>(
    "POST",
    "/api/auth/passkeys/options",
  );
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await asked(navigator.credentials.create({ publicKey }));
  await sendJson("POST", "/api/auth/passkeys", { name, credential: credential.toJSON() });
}

/** The browser says only that nothing came of it, whatever the reason. */
async function asked(request: Promise<Credential | null>): Promise<PublicKeyCredential> {
  const credential = await request.catch(() => null);
  if (credential instanceof PublicKeyCredential) return credential;
  const [message, hint] = [t("account.passkey.cancelled"), t("account.passkey.cancelled.hint")];
  throw failure({ code: "passkey_cancelled", message, hint, retryable: true, params: {} });
}
