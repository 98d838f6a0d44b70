/**
 * Personal data: found by what it is (check digits, words before it), and masked before anything
 * stores, logs or computes it, as each chat wishes and the organisation's policy demands. What a
 * placeholder stands for is kept sealed, for the person whose chat it is.
 */
import { openable } from "../../core/feature.ts";
import { inSlices } from "../../core/slices.ts";
import type { Step } from "../../core/turn.ts";
import { mask } from "./mask.ts";
import { modeOf } from "./modes.ts";
import { findNames, maskPlaces, ORIGIN } from "./names.ts";
import { Book, namingBy } from "./placeholders.ts";
import { type PersonalDataPolicy, personalDataPolicy } from "./policy.ts";
import { rightsOf } from "./rights.ts";
import { routes } from "./routes.ts";
import { type Found, finding, type Looked } from "./scan.ts";
import { masking } from "./steps.ts";
import { Books } from "./store.ts";
import { migrations } from "./tables.ts";

export const personalData = openable({
  name: "personal-data",
  policy: { section: "personal_data", schema: personalDataPolicy },
  migrations,
  terminal: ({ policy }) => [masking({ policy, looked: lookedFor(policy), books: undefined })],
  open({ policy, db, vault, run, settings }) {
    const looked = lookedFor(policy);
    const books = new Books(db, vault);
    // Only a model on this machine is asked for names in a text.
    const byModel = policy.names === "model" && !settings.remote;
    const names = async (text: string, signal: AbortSignal): Promise<readonly Found[]> =>
      byModel ? findNames(run, text, signal) : [];
    const step = masking({ policy, looked, books });
    const unlessAsking: Step = (turn, next) =>
      turn.origin === ORIGIN ? next(turn) : step(turn, next);
    return {
      steps: [unlessAsking],
      async intake({ text, owner, conversation, privacy }) {
        if (modeOf(policy, privacy) !== "mask") return text;
        // What belongs to no chat has nowhere to show what a placeholder stands for.
        const naming =
          conversation === undefined ? namingBy(new Book()) : books.naming(owner, conversation);
        // First what has a form, so that the model is shown as little as possible.
        const masked = await mask(text, naming, looked);
        return maskPlaces(masked, await names(masked, new AbortController().signal), naming);
      },
      routes: routes({
        ...{ policy, books },
        look: async (text, signal) =>
          merge(await inSlices(finding(text, looked)), await names(text, signal)),
      }),
      forgetConversations: (ids) => books.forget(ids),
      copyConversation: (copy) => books.copy(copy),
      rights: rightsOf(books),
    };
  },
});

const lookedFor = ({ kinds, allow }: PersonalDataPolicy): Looked => ({
  kinds: new Set(kinds),
  allowed: allow,
});

/** What has a form wins over what the model says. */
function merge(sure: readonly Found[], said: readonly Found[]): Found[] {
  const free = said.filter(({ start, end }) =>
    sure.every((one) => one.end <= start || end <= one.start),
  );
  return [...sure, ...free].sort((a, b) => a.start - b.start);
}
