/**
 * `npm start`: from a fresh clone to a chat. Sets up what is missing, then serves.
 * `npm run minimal` is the same for the core alone. Arguments after `--` go to `charla serve`.
 */
import { join } from "node:path";
import { setUp } from "./setup.mjs";
import { ROOT, run, tell } from "./terminal.mjs";

await tell(async () => {
  const node = await setUp();
  const args = process.argv.slice(2);
  const cli = join(ROOT, "src", "cli.ts");
  // In a process group of its own, so that Ctrl-C reaches it once, from here.
  const options = { stdio: "inherit", detached: process.platform !== "win32" };
  const { code } = await run(node, [cli, "serve", "--pull", ...args], options);
  return code;
});
