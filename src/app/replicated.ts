/**
 * The product as one of several servers on a database: it leads when it is its turn, and stands beside
 * the one that does until then.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type App, startApp } from "../app.ts";
import { type Config, DEFAULT_PORT } from "../config.ts";
import { expectSeveral } from "../replicas/errors.ts";
import { Replica } from "../replicas/index.ts";
import { GRACE_MS } from "../server/around.ts";
import type { Log } from "../server/log.ts";
import { openForReading } from "../storage/index.ts";
import { pending } from "../storage/migrate.ts";
import { BEAT_IN_TURNS_MS } from "../storage/postgres.ts";
import { KeyVault } from "../storage/vault/index.ts";
import { load, policyOf, stored } from "./house.ts";
import { announce, retract } from "./running.ts";
import { policyVersion } from "./settings.ts";
import { VERSION } from "./version.ts";

/** The next one opens its house in less than that, also on a machine with too much to do, in milliseconds. */
const TAKE_OVER_MS = 60_000;
/** Within that a house that is given up is closed, in milliseconds. */
const CLOSE_MS = 30_000;

export interface Replicated extends App {
  /** Rejects when it cannot go on. */
  readonly over: Promise<never>;
}

/**
 * Starts it; it leads, or another one does, when this resolves.
 *
 * @throws CharlaError what `startApp` throws, `replica_...`, `storage_newer`
 */
export async function startReplica(
  config: Config & { readonly replica: string },
  log: Log,
): Promise<Replicated> {
  const { home, databaseUrl, host, publicUrl, policy, metricsToken } = config;
  expectSeveral(databaseUrl, config.accounts);
  // What would keep it from leading is told now, and not when it is its turn.
  policyOf(config, await load());
  const opened = await openForReading(home, databaseUrl);
  if (!opened) throw new TypeError("a server for a database says that there is none");
  const { db, kind } = opened;
  const vault = new KeyVault({ db, kind, source: { ...config.master, home } });
  const drainMs = config.drainSeconds * 1000;
  const replica = new Replica({
    ...{ db, address: config.replica, host, metricsToken, log },
    about: {
      ...{
        publicUrl: publicUrl ?? null,
        version: VERSION,
        engine: config.remote?.url ?? config.engine,
      },
      policy: policyVersion(policy, home),
    },
    key: () => vault.derive("replicas"),
    // As long as the one that leads may take to end, and the next one to begin.
    patienceMs: drainMs + TAKE_OVER_MS,
    beatMs: BEAT_IN_TURNS_MS,
  });

  const over = Promise.withResolvers<never>();
  let current: App | undefined;
  let stopping = false;
  const first = Promise.withResolvers<App>();
  // Whoever waits for them is told; at the end nobody does.
  for (const { promise } of [over, first]) promise.catch(() => {});
  const lead = async () => {
    const lost = Promise.withResolvers<"lost">();
    const drop = () => {
      lost.resolve("lost");
      void replica.drop();
    };
    const opening = startApp(config, log, { replica: { one: replica, lost: drop } });
    const app = await opening.catch(async (thrown) => {
      // Without the lock nothing can be opened; it is waited for again.
      if (stopping || (await Promise.race([lost.promise, sleep(0, "held")])) === "held")
        throw thrown;
      return log("the database's lock was lost", thrown);
    });
    if (!app) return;
    if (stopping) return app.stop();
    current = app;
    first.resolve(app);
    await lost.promise;
    if (stopping) return;
    log("leads no more: the database's lock is lost");
    current = undefined;
    const late = sleep(CLOSE_MS, undefined, { ref: false }).then(() => {
      throw new Error("the house that is given up does not close");
    });
    // What it wanted to write at the end finds no database.
    await Promise.race([app.stop(0).catch((thrown) => log("stop", thrown)), late]);
    announce(home, app.url);
  };
  const leading = (async () => {
    while (!stopping) await lead();
  })();
  leading.catch((thrown) => {
    if (stopping) return; // so it waits no more
    first.reject(thrown);
    over.reject(thrown);
  });

  const close = async () => {
    stopping = true;
    const late = performance.now() + drainMs;
    await replica.stopping();
    if (current) await current.stop();
    else await leading.catch(() => {});
    // What is forwarded has the rest of the time, and what was held until now a little.
    await replica.close(Math.max(GRACE_MS, late - performance.now()));
    retract(home);
    await opened.close();
  };
  const led = new AbortController();
  try {
    const joined = (async () => {
      // One that knows less than the database could never lead.
      await pending(db, await stored());
      const port = config.port ?? DEFAULT_PORT;
      const ports = config.grpcPort === undefined ? [] : [config.grpcPort];
      const place = await replica.join(port, ports, led.signal);
      if (!place) return first.promise;
      const shown = host.includes(":") ? `[${host}]` : host;
      return { ...place, url: `http://${shown}:${place.port}` };
    })();
    const { url, server, ports } = await Promise.race([first.promise, joined]);
    led.abort();
    if (!current) announce(home, url);
    return { url, taken: undefined, server, ports, stop: close, over: over.promise };
  } catch (thrown) {
    led.abort();
    await close();
    throw thrown;
  }
}
