/**
 * `npm run build`, also run by `npm pack`: JavaScript into `dist/`, beside the page in `dist/web/`.
 * The clone needs no build; the published package does, since Node strips no types in there.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setUp } from "./setup.mjs";
import { ROOT, run, SetupError, step, t, tell } from "./terminal.mjs";

await tell(async () => {
  const node = await setUp();
  const dist = join(ROOT, "dist");
  for (const name of readdirSync(dist)) {
    if (!name.startsWith("web")) rmSync(join(dist, name), { recursive: true });
  }
  const tsc = ["node_modules/typescript/bin/tsc", "-p", "scripts/tsconfig.build.json"];
  await step(t("setup.javascript"), async () => {
    const { code, output } = await run(node, tsc);
    if (code !== 0) throw new SetupError("javascriptFailed", {}, output);
  });
});
