/**
 * Prints the path of the model that answers by default, and downloads and checks it before that:
 * for the tests and for `npm run minimal`, which take a file and know no library.
 */

import { explain } from "../src/app/explain.ts";
import { readConfig } from "../src/config.ts";
import { CharlaError } from "../src/core/errors.ts";
import { createLibrary, fetchModel } from "../src/engines.ts";
import { t } from "../src/locales/index.ts";

try {
  const config = readConfig();
  await fetchModel(config, console.error);
  const library = createLibrary(config, console.error);
  const { current } = await library.models();
  if (current === null) throw new TypeError("the library has no default model");
  await library.verify(current, AbortSignal.timeout(600_000), () => {});
  console.log(await library.path(current));
} catch (thrown) {
  const { message, hint } = explain(CharlaError.from(thrown));
  console.error(`${message}\n${t("cli.hint", { hint })}`);
  process.exitCode = 1;
}
