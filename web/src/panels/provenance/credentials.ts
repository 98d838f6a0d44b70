/** The signed label that a text brings along (C2PA), as the server reads it. */
import type { Credentials } from "../../../../src/features/provenance/c2pa/api.ts";
import { sendJson } from "../../ui/json.ts";
import { t } from "./words.ts";

/** What the signed label in a text says. */
export async function readCredentials(text: string): Promise<Credentials> {
  const path = "/api/provenance/credentials";
  const reply = await sendJson<{ credentials: Credentials | null }>("POST", path, { text });
  return reply.credentials ?? { state: "broken" };
}

/** The same in one sentence. */
export function credentialsTold({ state, signer = "", own = false, ai = false }: Credentials) {
  if (state === "broken") return t("label.broken");
  if (state === "changed") return t("label.changed", { signer });
  return t(ai ? "label.ai" : "label.holds", { signer: own ? t("label.here") : signer });
}
