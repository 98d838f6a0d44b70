/**
 * `charla models` with a hub and a catalogue of the test's own.
 * Arguments: settings as JSON, then the command line after `charla`.
 */
import { Command } from "commander";
import { CharlaError } from "../../../src/core/errors.ts";
import type { CatalogueModel } from "../../../src/engines/library/catalogue.ts";
import type { Hub } from "../../../src/engines/library/hub.ts";
import { Library } from "../../../src/engines/library/index.ts";
import { models } from "../../../src/features/models/index.ts";
import { testHouse } from "../../fixtures/house.ts";

const [settings = "", ...line] = process.argv.slice(2);
const { home, hub, catalogue, language } = JSON.parse(settings) as {
  home: string;
  hub: Hub;
  catalogue: CatalogueModel[];
  language: "en" | "es";
};
const load = () => Promise.reject(new TypeError("the command line loads nothing"));
const library = new Library({ home, hub, catalogue, load, log: console.error });
const program = new Command("charla");
models(async () => ({ of: () => library, open: () => library })).commands?.(program, {
  ...{ language, log: console.error, settings: testHouse().of({ name: "" }).settings },
  read: () => Promise.reject(new TypeError("nothing is read here")),
  running: async () => undefined,
  measures: () => [],
  atRest: () => Promise.reject(new TypeError("nothing is stored here")),
});
try {
  await program.parseAsync(line, { from: "user" });
} catch (thrown) {
  const { code, message, hint } = CharlaError.from(thrown);
  console.error(`${code}: ${message} ${hint}`);
  process.exitCode = 1;
}
