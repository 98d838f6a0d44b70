/** What the adapter of an answer has learned from, in the answer's details. */
import type { RunsReply } from "../../../../src/features/training/api.ts";
import { desk } from "../../desk.ts";
import { useList } from "../../ui/useList.ts";
import { t } from "./words.ts";
import "./training.css";

/** @param digest SHA-256 of the adapter's file */
export default function Learned({ digest }: { readonly digest: string }) {
  const { reply, problem } = useList<RunsReply>("/api/training");
  if (!reply) return problem ? "?" : null;
  const run = reply.items.find(({ result }) => result?.adapterDigest === digest);
  if (!run) return t("learned.elsewhere");
  const { name, look } = run.plan;
  return (
    <button type="button" className="training-link" onClick={() => desk.open("training")}>
      {t("learned.from", { name, n: look.train, digest: look.digest.slice(0, 12) })}
    </button>
  );
}
