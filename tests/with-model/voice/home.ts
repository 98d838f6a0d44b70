/** A data folder with what hears and speaks in both languages: fetched once, as a person would, and kept. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { voiceTools } from "../../../src/engines.ts";
import { fetchAll } from "../../../src/features/voice/setup.ts";
import { PARTS, withNeeds } from "../../../src/features/voice/shelf/parts.ts";
import { Shelf } from "../../../src/features/voice/shelf/store.ts";
import { ROOT } from "../../fixtures/charla.ts";

const CACHE = join(ROOT, "node_modules", ".cache", "voice");
/** For a download of 320 MB, should `npm test` not have done it before. */
export const PATIENCE_MS = 600_000;

/** @param home an empty data folder */
export async function withVoice(home: string): Promise<void> {
  const shelf = new Shelf(CACHE, voiceTools, () => {});
  const wanted = withNeeds(["opus", "whisper-base", "piper-joe", "kokoro-dora"]);
  const parts = PARTS.filter(({ id }) => wanted.includes(id));
  mkdirSync(join(CACHE, "addons"), { recursive: true });
  await fetchAll(shelf, parts, AbortSignal.timeout(PATIENCE_MS), () => {});
  mkdirSync(join(home, "addons"), { recursive: true });
  symlinkSync(join(CACHE, "voice"), join(home, "voice"));
  for (const addon of ["voice", "voice-opus"])
    symlinkSync(join(CACHE, "addons", addon), join(home, "addons", addon));
}
