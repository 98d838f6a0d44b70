/**
 * `charla doctor --egress`: where Charla may connect to, by which setting, and, on Linux, where the
 * server that runs is connected right now.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load, policyOf } from "../app/house.ts";
import { addressesIn } from "../app/policy.ts";
import type { Config } from "../config.ts";
import { hubFrom } from "../engines.ts";
import { t } from "../locales/index.ts";
import { connectionsOf, hasOpen, type OpenSocket } from "../net/sockets.ts";

interface Destination {
  /** What goes there, and when. */
  readonly what: string;
  /** Null where a program of this machine decides. */
  readonly address: string | null;
  readonly setting: string;
}

interface Live {
  readonly pid: number;
  readonly connections: readonly OpenSocket[];
}

export async function egress(config: Config, json: boolean): Promise<void> {
  const destinations = destinationsOf(config, policyOf(config, await load()));
  const live = process.platform === "linux" ? look(config.home) : undefined;
  if (json) {
    console.log(JSON.stringify({ destinations, live: live ?? null }, null, 2));
    return;
  }
  console.log(t("egress.may"));
  for (const { what, address, setting } of destinations) {
    console.log(`· ${what}${address === null ? "" : `: ${address}`} (${setting})`);
  }
  console.log(["", ...liveLines(live)].join("\n"));
}

function destinationsOf(config: Config, policy: unknown): Destination[] {
  const { engine, remote, databaseUrl, master } = config;
  const hub = hubFrom(process.env);
  const list: (Destination | false | undefined)[] = [
    remote && { what: t("egress.chats"), address: remote.url, setting: "CHARLA_REMOTE_URL" },
    engine === "llama" &&
      !hub.offline && {
        what: t("egress.models"),
        address: hub.endpoint,
        setting: t("egress.hubSetting"),
      },
    engine === "llama" &&
      !hub.offline && { what: t("egress.starter"), address: null, setting: t("egress.pipSetting") },
    databaseUrl !== undefined && {
      ...{ what: t("egress.database"), setting: "CHARLA_DATABASE_URL" },
      // Never with the password that the setting may hold.
      address: new URL(databaseUrl).host,
    },
    master.command !== undefined && {
      ...{ what: t("egress.master"), address: null, setting: "CHARLA_MASTER_KEY_COMMAND" },
    },
    ...addressesIn(policy).map(({ name, address }) => {
      return { what: t("egress.policy"), address, setting: `policy.toml: ${name}` };
    }),
  ];
  const found = list.filter((one) => one !== false && one !== undefined);
  const nowhere = { what: t("egress.nowhere"), address: null, setting: t("egress.settings") };
  return found.length > 0 ? found : [nowhere];
}

/** Undefined when no server has the data folder. */
function look(home: string): Live | undefined {
  let pid: number;
  try {
    pid = Number(readFileSync(join(home, "lock.pid"), "utf8"));
  } catch {
    return undefined;
  }
  // The number may be that of a server which is gone, and by now somebody else's.
  if (!hasOpen(pid, join(home, "lock.db"))) return undefined;
  return { pid, connections: connectionsOf(pid) };
}

function liveLines(live: Live | undefined): string[] {
  if (process.platform !== "linux") return [t("egress.elsewhere")];
  if (!live) return [t("egress.notRunning")];
  const { pid, connections } = live;
  const out = connections.filter(({ incoming }) => !incoming);
  const line = ({ protocol, remote: { address, port } }: OpenSocket) =>
    `· ${protocol} ${address.includes(":") ? `[${address}]` : address}:${port}`;
  return [
    out.length === 0 ? t("egress.none", { pid }) : t("egress.some", { pid, count: out.length }),
    ...out.map(line),
    t("egress.incoming", { count: connections.length - out.length }),
  ];
}
