/**
 * `npm run gpu`: says what Charla computes on. `npm run gpu -- cuda` (or `vulkan`, `none`, `auto`)
 * chooses it, fetches what is missing and removes what is not needed.
 */
import { choose, KINDS, setUpGpu } from "./card.mjs";
import { setUp } from "./setup.mjs";
import { SetupError, t, tell } from "./terminal.mjs";

await tell(async () => {
  const [wish] = process.argv.slice(2);
  if (wish !== undefined && !KINDS.includes(wish)) throw new SetupError("gpuUnknown", { wish });
  if (wish !== undefined) choose(wish);
  await setUp();
  const { kind, there } = await setUpGpu();
  console.log(there ? t("setup.gpuNow", { kind }) : t("setup.gpuNone"));
  return there || kind === "none" ? 0 : 1;
});
