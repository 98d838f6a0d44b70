/**
 * Personal data: found by what it is (check digits, words before it), and masked before anything
 * stores, logs or computes it, as each chat wishes and the organisation's policy demands. What a
 * placeholder stands for is kept sealed, for the person whose chat it is.
 */
import type { Kysely } from "kysely";
import type { Feature, Kit } from "../../core/feature.ts";
import type { Incoming } from "../../core/intake.ts";
import type { Vault } from "../../core/vault.ts";
import { mask } from "./mask.ts";
import { modeOf } from "./modes.ts";
import { findNames, maskPlaces, ORIGIN } from "./names.ts";
import type { PersonalDataPolicy } from "./policy.ts";
import { rightsOf } from "./rights.ts";
import { routes } from "./routes.ts";
import { type Found, find, type Looked } from "./scan.ts";
import { masking } from "./steps.ts";
import { Books } from "./store.ts";
import { migrations, type Tables } from "./tables.ts";

export { personalDataPolicy } from "./policy.ts";

/** Where the books of conversations are kept. */
export interface Sealing {
  // biome-ignore lint/suspicious/noExplicitAny: the database also holds the tables of others
  readonly db: Kysely<any>;
  readonly vault: Vault;
}

/**
 * @param sealing absent on the command line, where nothing is stored
 * @param local whether the model is on this machine; no other is asked for names in a text
 */
export function personalData(
  policy: PersonalDataPolicy,
  sealing: Sealing | undefined,
  local: boolean,
): Feature {
  const looked: Looked = { kinds: new Set(policy.kinds), allowed: policy.allow };
  const books = sealing && new Books(sealing.db as Kysely<Tables>, sealing.vault);
  const byModel = policy.names === "model" && local;
  let kit: Kit | undefined;
  const names = async (text: string, signal: AbortSignal): Promise<readonly Found[]> =>
    byModel && kit ? findNames(kit.run, text, signal) : [];
  const step = masking({ policy, looked, books });
  const base: Feature = {
    name: "personal-data",
    migrations,
    steps: [(turn, next) => (turn.origin === ORIGIN ? next(turn) : step(turn, next))],
  };
  if (!books) return base;
  return {
    ...base,
    async intake({ text, owner, conversation, privacy }: Incoming) {
      if (modeOf(policy, privacy) !== "mask") return text;
      const naming = books.naming(owner, conversation);
      // First what has a form, so that the model is shown as little as possible.
      const masked = await mask(text, naming, looked);
      return maskPlaces(masked, await names(masked, new AbortController().signal), naming);
    },
    routes(given) {
      kit = given;
      const look = async (text: string, signal: AbortSignal) =>
        merge(find(text, looked), await names(text, signal));
      return routes({ policy, books, look });
    },
    forgetConversations: (ids) => books.forget(ids),
    rights: rightsOf(books),
  };
}

/** What has a form wins over what the model says. */
function merge(sure: readonly Found[], said: readonly Found[]): Found[] {
  const free = said.filter(({ start, end }) =>
    sure.every((one) => one.end <= start || end <= one.start),
  );
  return [...sure, ...free].sort((a, b) => a.start - b.start);
}
