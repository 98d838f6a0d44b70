/** What this program is and where its page lies, seen from `src/app/` as from `dist/app/`. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const VERSION: string = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
).version;

/** The built page. */
export const PAGE = fileURLToPath(new URL("../../dist/web", import.meta.url));
