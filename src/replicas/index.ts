/**
 * One of several Charlas on one PostgreSQL database. One of them leads: it has the database's lock and
 * opens the house. The others keep their ports open and forward what comes; when the one that leads
 * ends, the next in line takes the lock. See `docs/decisions/0060-one-leads-the-others-forward.md`.
 */
import type { Hono } from "hono";
import type { Opened } from "../core/feature.ts";
import type { Gauge } from "../core/gauges.ts";
import type { Database } from "../storage/index.ts";
import type { Turns } from "../storage/postgres-lock.ts";
import { alone, differs } from "./errors.ts";
import { type Counts, Forwarder } from "./forward.ts";
import { Front } from "./front.ts";
import { Heads, nameByChance, PROTOCOL } from "./head.ts";
import { type About, announce, type Leader, seek } from "./leader.ts";
import { localOf } from "./local.ts";
import { Watch } from "./watch.ts";

/** After so many missed heartbeats the one that leads is taken for hung; see `storage/postgres.ts`. */
const MISSED = 4;
/** Between two looks for one that leads, at the start, in milliseconds. */
const LOOK_MS = 200;

export interface ReplicaOptions {
  /** To look who leads; this one may hold no lock. */
  readonly db: Database;
  /** Where the others reach this one. */
  readonly address: string;
  readonly about: Omit<About, "protocol">;
  /** 32 bytes that follow from the master key; asked for once the database has one. */
  key(): Promise<Buffer>;
  /** How long a request may wait for one that leads, in milliseconds. */
  readonly patienceMs: number;
  readonly beatMs: number;
  readonly metricsToken: string | undefined;
  /** Of the ports: the host to listen on. */
  readonly host: string;
  log(line: string, error?: unknown): void;
}

/** Of a house. */
export interface Led {
  readonly db: Database;
  readonly port: number;
  readonly further: readonly number[];
  /** Paths of what can be asked twice without harm. */
  readonly repeatable: readonly string[];
}

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #about: About;
  readonly #watch: Watch;
  readonly #leave = new AbortController();
  /** Those in which this one has led. */
  readonly #terms = new Set<string>();
  #term: string | undefined;
  #front: Promise<Front> | undefined;
  #counts: Counts | undefined;
  #led = 0;
  #leads = false;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#about = { protocol: PROTOCOL, ...options.about };
    const look = () => seek(options.db, options.beatMs * MISSED);
    const own = {
      leads: (term: string) => this.#terms.has(term),
      ended: (term: string) => this.#terms.has(term) && term !== this.#term,
    };
    this.#watch = new Watch(look, own, options.log);
  }

  /** What it does beside the features, while it leads. */
  readonly opened: Opened = { gauges: async () => this.gauges() };

  gauges(): readonly Gauge[] {
    const { forwarded = 0, repeated = 0, cut = 0, waiting = 0 } = this.#counts ?? {};
    const gauge = (name: string, help: string, value: number): Gauge => {
      return { name: `charla.replica.${name}`, help, values: [{ value, labels: {} }] };
    };
    return [
      gauge("leads", "1 on the server that leads, 0 on those that forward to it.", +this.#leads),
      gauge("led", "How often this server has begun to lead.", this.#led),
      gauge("leaders", "How often this server has seen another one begin.", this.#watch.changes),
      gauge("forwarded", "Requests forwarded.", forwarded),
      gauge("repeated", "Requests sent again, since they were not begun.", repeated),
      gauge("cut", "Requests given up, since the one that led had ended.", cut),
      gauge("waiting", "Requests that wait for a server that leads.", waiting),
    ];
  }

  /** It waits in line for the database's lock until it is told to leave. */
  turns(lost: () => void): Turns {
    return { signal: this.#leave.signal, lost };
  }

  /**
   * Waits for one that leads, and stands beside it from then on.
   *
   * @param ports on which people come
   * @returns undefined where this one is to lead before
   * @throws CharlaError `replica_alone`, `replica_differs`, `master_key_...`, `port_...`
   */
  async join(port: number, further: readonly number[], first: AbortSignal) {
    const { db, beatMs, address, host } = this.#options;
    while (!first.aborted) {
      const seen = await seek(db, beatMs * MISSED);
      if (seen.state === "alone") throw alone();
      if (seen.state === "leads" && !this.#terms.has(seen.leader.term)) {
        this.#compare(seen.leader);
        const front = await this.#opened();
        const place = await front.open(host, port);
        const ports: number[] = [];
        for (const one of further) ports.push((await front.open(host, one)).port);
        this.#options.log(`follows ${seen.leader.address}, as ${address}`);
        return { ...place, ports };
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return undefined;
  }

  /** @throws CharlaError `replica_differs` */
  #compare({ address, about: there }: Leader): void {
    const { address: own, log } = this.#options;
    const here = this.#about;
    if (address === own) throw differs("CHARLA_REPLICA", own, address);
    const must = ["protocol", "publicUrl"] as const;
    for (const name of must) {
      if (here[name] !== there[name]) throw differs(name, `${here[name]}`, `${there[name]}`);
    }
    // These change from one server to the next while they are started again one by one.
    const may = (["version", "policy", "engine"] as const).filter(
      (one) => here[one] !== there[one],
    );
    if (may.length > 0) log(`differs from the one that leads in: ${may.join(", ")}`);
  }

  /** Once there is a key. */
  #opened(): Promise<Front> {
    this.#front ??= (async () => {
      const { key, patienceMs, metricsToken, log } = this.#options;
      const heads = new Heads(await key());
      const forwarder = new Forwarder(this.#watch, heads, { patienceMs, log });
      this.#counts = forwarder.counts;
      const target = () => this.#watch.now;
      void this.#watch.run();
      return new Front({
        ...{ heads, forwarder },
        local: localOf({ heads, metricsToken, target, gauges: () => this.gauges() }),
      });
    })();
    return this.#front;
  }

  /** Serves a house. */
  async lead(app: Pick<Hono, "fetch">, { db, port, further, repeatable }: Led) {
    const { host, address, log } = this.#options;
    const front = await this.#opened();
    const term = nameByChance();
    this.#terms.add(term);
    const place = await front.open(host, port);
    const ports: number[] = [];
    for (const one of further) ports.push((await front.open(host, one)).port);
    return {
      ...{ ...place, ports },
      /** When all is ready. */
      announce: async () => {
        front.lead(app, term);
        this.#term = term;
        await announce(db, { term, address, repeatable, about: this.#about });
        this.#leads = true;
        this.#led += 1;
        log(`leads, as ${address}`);
      },
      leave: async (graceMs: number) => {
        this.#leads = false;
        this.#term = undefined;
        await front.leave(graceMs);
      },
    };
  }

  /** Leads no more from this moment on, whatever still runs. */
  async drop(): Promise<void> {
    this.#leads = false;
    this.#term = undefined;
    await (await this.#front)?.leave(0);
  }

  /** It is about to end: it does not wait for its turn any more, and begins nothing. */
  async stopping(): Promise<void> {
    this.#leave.abort();
    this.#term = undefined;
    (await this.#front?.catch(() => undefined))?.stopping();
  }

  /** @param graceMs for what is forwarded */
  async close(graceMs: number): Promise<void> {
    await (await this.#front?.catch(() => undefined))?.close(graceMs);
    this.#watch.stop();
  }
}
