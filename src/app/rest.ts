/**
 * The commands of the features: beside the server that has the data folder, or on what is stored while
 * none has it.
 */
import type { Command } from "commander";
import type { Config } from "../config.ts";
import { language } from "../locales/index.ts";
import type { Log } from "../server/log.ts";
import { features, measures } from "./features.ts";
import type { Standing } from "./house.ts";
import { settingsOf } from "./settings.ts";

/** How long a server may take to say that it is there, in milliseconds. */
const PATIENCE_MS = 5000;

/** How long something may take to be read, in milliseconds. */
const READING_MS = 60_000;

/** Works in the house, and closes it again. */
export async function atRest<Result>(
  config: Config,
  log: Log,
  work: (house: Standing) => Promise<Result>,
): Promise<Result> {
  const { openHouse } = await import("./house.ts");
  await using house = await openHouse(config, log);
  return await work(house);
}

/** Adds the commands of the features. */
export function addCommands(program: Command, config: Config, log: Log): void {
  const common = { settings: settingsOf(config), language, log };
  const running = async (path: string) => {
    const { runningServer } = await import("./running.ts");
    const url = runningServer(config.home);
    if (url === undefined) return undefined;
    const server = (await import("./asking.ts")).serverAt(url);
    // Where it wants an account it is not asked, and the command says that the folder is in use.
    const asked = server.send("GET", path, AbortSignal.timeout(PATIENCE_MS));
    return (await asked.then(({ ok }) => ok).catch(() => false)) ? server : undefined;
  };
  const read = async (url: string, maxBytes: number) => {
    const { safeFetch } = await import("../net/fetch.ts");
    const signal = AbortSignal.timeout(READING_MS);
    const rules = { operator: URL.parse(url)?.origin, redirects: 0, maxBytes };
    return safeFetch(url, { signal }, rules);
  };
  for (const feature of features) {
    feature.commands?.(program, {
      ...common,
      ...{ running, read, measures },
      atRest: (work) => atRest(config, log, (house) => work(house.of(feature))),
    });
  }
}
