/**
 * Where the server of a data folder listens, for commands that work beside it: a file that the server
 * writes when it listens, and removes when it stops.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isLocked } from "../storage/lock.ts";

const fileOf = (home: string) => join(home, "server.url");

export const announce = (home: string, url: string) => writeFileSync(fileOf(home), `${url}\n`);

/** Also for what a server has left behind when it crashed. */
export const retract = (home: string) => rmSync(fileOf(home), { force: true });

/** Its address, if there is one. */
export function runningServer(home: string): string | undefined {
  try {
    const url = readFileSync(fileOf(home), "utf8").trim();
    return isLocked(home) ? url : undefined;
  } catch {
    return undefined;
  }
}
