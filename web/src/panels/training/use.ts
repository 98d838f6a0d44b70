/** Begins a chat with what was trained. */
import type { TrainingRun } from "../../../../src/features/training/api.ts";
import { desk } from "../../desk.ts";

export async function use({ plan, result }: TrainingRun, onClose: () => void): Promise<void> {
  const adapter = result?.adapter;
  if (!adapter) return;
  await desk.show(null);
  await desk.saveSettings({ ...desk.settings, model: plan.model, adapter });
  onClose();
}
