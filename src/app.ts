/** The product: the house with a server around it. */
import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { repeat } from "./app/every.ts";
import { openHouse } from "./app/house.ts";
import { announce, retract } from "./app/running.ts";
import { PAGE } from "./app/version.ts";
import { type Config, DEFAULT_PORT } from "./config.ts";
import { bounded } from "./core/bodies.ts";
import { chatRoutes } from "./core/chat.ts";
import type { Engines } from "./core/engine.ts";
import { createServer } from "./core/http.ts";
import type { Route } from "./core/route.ts";
import { Library } from "./engines/library/index.ts";
import { forgetStates } from "./engines/llama/service/open.ts";
import { listOf } from "./net/addresses.ts";
import { admitFrom } from "./net/admit.ts";
import { tellsUsers } from "./net/peer.ts";
import type { Replica } from "./replicas/index.ts";
import { closeServer, GRACE_MS, layersOf, withAsker } from "./server/around.ts";
import { currentRequest } from "./server/current.ts";
import { Drain } from "./server/drain.ts";
import { listen } from "./server/listen.ts";
import { listenToBoth } from "./server/listen-both.ts";
import { type Log, noteOf } from "./server/log.ts";
import { policyOf } from "./server/policies.ts";
import { forgiveSlashes, forPrograms } from "./server/programs.ts";
import { withRequests } from "./server/requests.ts";
import { tellOfRestore } from "./storage/copies/restored.ts";

const PORTS_TO_TRY = 20;

export interface App {
  readonly url: string;
  /** The port that was wanted, when it was taken and another one is used. */
  readonly taken: number | undefined;
  /** For whoever wants to do more with it than stop it. */
  readonly server: Server;
  /** On which features let the same server listen as well. */
  readonly ports: readonly number[];
  /**
   * Ends running answers, closes connections, engines and the database.
   *
   * @param graceMs for what runs; that of the settings if absent
   */
  stop(graceMs?: number): Promise<void>;
}

/** What takes the place of what the settings would choose. */
export interface Given {
  /** Closed with the app. */
  readonly engines?: Engines | undefined;
  /** Of the page: "index.html" if absent. */
  readonly document?: string | undefined;
  /** One of several servers on a database, of which this is to be the one that leads. */
  readonly replica?: { readonly one: Replica; lost(): void } | undefined;
}

/** @throws CharlaError `port_in_use`, `home_in_use`, `storage_...`, `model_...` */
export async function startApp(config: Config, log: Log, given: Given = {}): Promise<App> {
  // What is opened is closed in the opposite order, also when the start fails half-way.
  await using opening = new AsyncDisposableStack();
  const drain = new Drain();
  const { replica } = given;
  const routes: Route[] = [];
  const listening = Promise.withResolvers<string>();
  const house = await openHouse(config, log, {
    engines: given.engines,
    before: (engines) => drain.around(engines),
    steps: [drain.step, withAsker],
    routes,
    listening: listening.promise,
    turns: replica?.one.turns(replica.lost),
    beside: replica && [replica.one.opened],
  });
  opening.use(house);
  // Who wants no states on the disk wants no old ones either.
  if (config.llama.cacheDiskBytes === 0) await forgetStates(config.home);
  await house.vault.master();

  const more = { access: "chat", gives: ["text/event-stream"], repeatable: true } as const;
  const chat = chatRoutes(house.run).map((route) => ({ ...route, ...more }));
  const bare = [...chat, ...house.opened.flatMap((one) => one.routes ?? [])];
  const guarded = !config.otherUsers && tellsUsers();
  const layers = (route: Route) => layersOf(route, house.opened, config.accounts, guarded);
  routes.push(...bare.map((route) => ({ ...route, layers: layers(route) })));

  await tellOfRestore(config.home, house.opened);
  let closed: Promise<void> | undefined;
  opening.defer(() => closed);
  for (const one of house.opened) {
    opening.defer(() => one.stop?.());
    await one.start?.();
    opening.use(await repeat(one.every ?? [], log));
  }
  // A model process that hangs would keep its turns, and they the features, for ever.
  const hung = () => void house.engines.close();
  opening.defer(() => void setTimeout(hung, GRACE_MS).unref());
  opening.defer(() => drain.end());
  const { owner } = house.engines;
  if (owner instanceof Library) await owner.start();

  const devices = house.opened.flatMap((one) => one.devices ?? []);
  const pages = createServer(routes, {
    ...{ page: PAGE, document: given.document ?? "index.html", log },
    admit: forPrograms(admitFrom({ ...config, devices })),
    ...{ bodies: bounded, policy: policyOf },
    nameRequest: () => currentRequest()?.id ?? randomUUID(),
  });
  forgiveSlashes(pages);
  const app = withRequests(pages, noteOf(config.log), listOf(config.trustedProxies));
  const wanted = config.port ?? DEFAULT_PORT;
  const attempts = config.port === undefined ? PORTS_TO_TRY : 1;
  const wishes = house.opened.flatMap((one) => one.ports ?? []);
  const led = await replica?.one.lead(app, {
    db: house.of({ name: "" }).db,
    port: wanted,
    further: wishes,
    repeatable: routes.flatMap(({ repeatable, path }) => (repeatable ? [path] : [])),
  });
  const ports: number[] = [];
  const ending: (() => Promise<void>)[] = [];
  const listenAlone = async () => {
    const main = await listen(app, config.host, wanted, attempts);
    ending.push(() => closeServer(main.server));
    return main;
  };
  const { server, port } = led ?? (await listenAlone());
  if (led) ending.push(() => led.leave(GRACE_MS));
  opening.defer(() => {
    closed = Promise.all(ending.map((end) => end())).then(() => {});
  });
  if (led) ports.push(...led.ports);
  else {
    for (const wish of wishes) {
      const further = await listenToBoth(app, config.host, wish);
      ending.push(() => further.close(GRACE_MS));
      ports.push(further.port);
    }
  }
  let graceMs = config.drainSeconds * 1000;
  opening.defer(() => drain.finish(graceMs));
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  const url = `http://${host}:${port}`;
  announce(config.home, url);
  opening.defer(() => retract(config.home));
  listening.resolve(url);
  await led?.announce();
  const open = opening.move();
  return {
    url,
    taken: wanted === 0 || port === wanted ? undefined : wanted,
    server,
    ports,
    stop(given = graceMs) {
      graceMs = given;
      return open.disposeAsync();
    },
  };
}
