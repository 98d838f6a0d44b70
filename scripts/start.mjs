/**
 * `npm start`: from a fresh clone to a chat. Sets up what is missing, then serves; arguments after
 * `--` go to `charla serve`. `npm run minimal` does the same for the core alone, and
 * `npm run minimal:browser` for the core in a browser tab.
 */
import { fileURLToPath } from "node:url";
import { findModel, setUp } from "./setup.mjs";
import { run, tell } from "./terminal.mjs";

await tell(async () => {
  const node = await setUp();
  const [first, ...rest] = process.argv.slice(2);
  // Node's stripper of types takes 20 MB of every process; what was stripped before needs it not.
  const compiled = fileURLToPath(new URL("../node_modules/.cache/charla", import.meta.url));
  const env = { NODE_COMPILE_CACHE: compiled, ...process.env };
  let args = ["src/cli.ts", "serve", "--pull", ...process.argv.slice(2)];
  const clone = { "--minimal": "src/minimal.ts", "--browser": "src/browser.ts" }[first ?? ""];
  if (clone) {
    env.CHARLA_MODEL = await findModel(node);
    args = [clone, ...rest];
  }
  // In a process group of its own, so that Ctrl-C reaches it once, from here.
  const detached = process.platform !== "win32";
  const { code } = await run(node, args, { env, stdio: "inherit", detached });
  return code;
});
