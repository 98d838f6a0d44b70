/**
 * The room of C2PA's labels: an answer goes out with a signed manifest, and one that comes in with
 * somebody's text is read and taken out. The library and the certificate are loaded when needed.
 */
import { whoAsks } from "../../../core/access.ts";
import type { House, Opened } from "../../../core/feature.ts";
import { route } from "../../../core/route.ts";
import type { ProvenancePolicy } from "../policy.ts";
import type { Keeper } from "../receipts/keeper.ts";
import { commitment } from "../verify/commitment.ts";
import * as api from "./api.ts";
import type { Certified } from "./certificate.ts";
import { otherText } from "./errors.ts";
import { lineOf } from "./words.ts";
import { withoutWrappers } from "./wrapper.ts";

export function openLabels(
  house: House<ProvenancePolicy>,
  keeper: Keeper,
): Pick<Opened, "routes" | "intake" | "labels" | "start"> {
  const { ledger, policy, settings } = house;
  let known: Promise<Certified> | undefined;
  const certificate = () => {
    const made = known ?? open();
    known = made;
    made.catch(() => {
      known = undefined;
    });
    return made;
  };
  const open = async () => {
    const { certified } = await import("./certificate.ts");
    const [host = ""] = (await ledger.origin()).split("/");
    return certified(house, host);
  };
  return {
    // The guard takes it out as well, with all else that hides in a text.
    intake: async ({ text }) => withoutWrappers(text),
    labels: {
      async document(markdown) {
        const { markedDocument } = await import("./manifest.ts");
        return markedDocument(markdown, await certificate(), settings.version);
      },
      async file(pieces) {
        const { markedFile } = await import("./manifest.ts");
        return markedFile(pieces, await certificate(), settings.version);
      },
    },
    // What the policy names is looked at before somebody needs it.
    async start() {
      if (policy.certificate) await certificate();
    },
    routes: [
      route({
        method: "post",
        path: "/api/provenance/label",
        access: "session",
        summary:
          "Gives one's own answer with a label that people read and one that is signed (C2PA).",
        body: api.labelBody,
        reply: api.labelReply,
        async handle({ body: { receipt, text, language } }) {
          const file = await keeper.file(whoAsks().id, receipt, { text });
          const salt = file?.salts.answer;
          if (!file || salt === undefined) throw otherText();
          const { entry } = file;
          if (entry.answerC !== commitment(Buffer.from(salt, "hex"), "answer", text)) {
            throw otherText();
          }
          const line = lineOf(language, String(entry.model), entry.ts);
          const signing = await certificate();
          const { marked } = await import("./manifest.ts");
          const whole = `${text.trimEnd()}\n\n— ${line}`;
          return {
            text: await marked(whole, signing, settings.version),
            selfSigned: signing.selfSigned,
          };
        },
      }),
      route({
        method: "post",
        path: "/api/provenance/credentials",
        access: policy.verify === "anyone" ? "anyone" : "session",
        summary: "Reads the C2PA manifest that a text carries, and says whether it is about it.",
        body: api.credentialsBody,
        maxBytes: api.MAX_CREDENTIALS_BYTES,
        reply: api.credentialsReply,
        async handle({ body: { text } }) {
          const { credentialsOf } = await import("./manifest.ts");
          const { digest } = await certificate();
          return { credentials: (await credentialsOf(text, [digest])) ?? null };
        },
      }),
    ],
  };
}
