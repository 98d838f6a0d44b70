/** What was found of the bias of a model with an adapter and without, for the documents of others. */
import type { Asked, Finding } from "../../core/findings.ts";
import type { Wish } from "./plan.ts";
import { reportOf } from "./report.ts";
import type { RunStore } from "./store.ts";
import { toldIn } from "./told/index.ts";

export async function biasFindings(
  store: RunStore,
  { owner, model, adapter, language }: Asked,
): Promise<readonly Finding[]> {
  const asks = (models: readonly Wish[], adapted: boolean) =>
    models.some((one) => one.model === model && one.adapter === (adapted ? adapter : undefined));
  const runs = (await store.list(owner)).filter(
    ({ state, plan: { kind, models } }) =>
      kind === "bias" && state === "done" && asks(models, true) && asks(models, false),
  );
  return Promise.all(
    runs.map(async (run) => ({
      ...{ kind: run.plan.kind, at: run.createdAt },
      ...toldIn(await reportOf(store, run), language),
    })),
  );
}
