/**
 * Servers of tools as a person deals with them: added, looked at, agreed to, and their tools in chats. A
 * tool is used as it was when its person agreed: before each call the server is asked what it says of it
 * now, and one that says something else is no longer used.
 */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Tool } from "../../../core/toolbox.ts";
import { named, type ToolsPolicy } from "../policy.ts";
import type { Reach } from "../reach.ts";
import { Connection, type Described, type Where } from "./connection.ts";
import {
  serverFailed,
  serverKnown,
  serverNotFound,
  serverRefused,
  ToolSaid,
  toolChanged,
} from "./errors.ts";
import type { Answered, Pass, SignInDesk } from "./sign-in/desk.ts";
import { signInNeeded } from "./sign-in/errors.ts";
import type { Place } from "./sign-in/protocol.ts";
import type { SignIn } from "./sign-in/store.ts";
import { type Kept, pinOf, type Server, type Servers } from "./store.ts";

/** Milliseconds that one call may take, and that a connection rests before it is closed. */
const CALL_MS = 60_000;
const REST_MS = 5 * 60_000;
const OPERATOR = "policy:";
/** Of one person. */
const MOST = 20;

type Named = ToolsPolicy["servers"][number];

const object = z.record(z.string(), z.unknown());

const readsOnly = ({ read_only }: Named, tool: string): boolean => named(read_only, tool);

const keyOf = (owner: string, id: string) => JSON.stringify([owner, id]);

/** With the server's name in front, so that no tool takes the place of another's. */
export const nameOf = (server: string, tool: string): string =>
  `${server}__${tool}`.replace(/[^\w-]/g, "_").slice(0, 64);

/** A server as its person sees it. */
export interface Listed extends Server {
  readonly operator: boolean;
  /** Absent where nobody was asked to sign in. */
  readonly signIn: SignIn | undefined;
}

interface Open {
  readonly connection: Promise<Connection>;
  timer: NodeJS.Timeout;
}

export class ServerDesk {
  readonly #servers: Servers;
  readonly #signIns: SignInDesk;
  readonly #policy: ToolsPolicy;
  readonly #reach: () => Promise<Reach>;
  readonly #version: string;
  /** By person and server. */
  readonly #open = new Map<string, Open>();
  /** How often a person was erased; what has begun before keeps nothing. */
  readonly #erased = new Map<string, number>();

  constructor(
    servers: Servers,
    signIns: SignInDesk,
    policy: ToolsPolicy,
    reach: () => Promise<Reach>,
    version: string,
  ) {
    this.#servers = servers;
    this.#signIns = signIns;
    this.#policy = policy;
    this.#reach = reach;
    this.#version = version;
  }

  /** The operator's first, also those whose tools the person has not agreed to. */
  async list(owner: string): Promise<readonly Listed[]> {
    const [kept, signIns] = await Promise.all([this.#servers.of(owner), this.#signIns.of(owner)]);
    const named = this.#policy.servers.map(({ name }) => {
      const id = OPERATOR + name;
      const agreed = kept.find((one) => one.id === id)?.agreed ?? [];
      return { id, name, agreed, operator: true, signIn: signIns.get(id) };
    });
    const own = kept.filter(({ id }) => !id.startsWith(OPERATOR));
    const more = ({ id }: Server) => ({ operator: false, signIn: signIns.get(id) });
    return [...named, ...own.map((one) => ({ ...one, ...more(one) }))];
  }

  /**
   * One that asks to be signed in to is kept, too, so that this can be done.
   *
   * @throws CharlaError `tool_server_refused`, `tool_server_known`, `tool_server_failed`, `address_refused`,
   *   `tool_server_key_...`, `tool_sign_in_...`
   */
  async add(
    owner: string,
    given: Omit<Kept, "agreed"> & { readonly url: string },
  ): Promise<Listed> {
    if (!this.#policy.own_servers) throw serverRefused();
    const since = this.#erased.get(owner);
    const all = await this.list(owner);
    if (all.some(({ name }) => name === given.name)) throw serverKnown(given.name);
    if (all.length - this.#policy.servers.length >= MOST) throw serverRefused();
    // One that cannot be reached is not kept: nobody would know why nothing happens.
    const { name, url, token } = given;
    const id = randomUUID();
    let asks: Response | undefined;
    const stranger: Pass = {
      token: async () => undefined,
      async refused(answer) {
        asks = answer;
        throw signInNeeded(name);
      },
    };
    const pass = token === undefined ? stranger : { token: async () => token };
    try {
      const connection = await this.#connect(name, { url, pass, operator: false });
      await connection.close();
    } catch (thrown) {
      if (!asks) throw thrown;
      if (this.#erased.get(owner) !== since) throw serverNotFound();
      await this.#signIns.learn(owner, { ...given, id, operator: [] }, asks);
    }
    await this.#keep(owner, since, { ...given, agreed: [] }, id);
    return (await this.#find(owner, id)).server;
  }

  /**
   * @param redirect where the person is to come back to
   * @returns the address to send the person to
   */
  async signIn(owner: string, credential: string, id: string, redirect: string): Promise<string> {
    const { server } = await this.#find(owner, id);
    return this.#signIns.begin(owner, credential, this.#signInPlace(server), redirect);
  }

  /** Ends what {@link signIn} has begun in the same session. @returns the server */
  async signedIn(owner: string, credential: string, answered: Answered): Promise<Listed> {
    const placeOf = async (id: string) => this.#signInPlace((await this.#find(owner, id)).server);
    const id = await this.#signIns.end(owner, credential, answered, placeOf);
    // What was connected before knows nothing of it.
    this.#shut(keyOf(owner, id));
    return (await this.#find(owner, id)).server;
  }

  /** What it offers now, and what of it the person has agreed to. */
  async look(owner: string, id: string) {
    const { server, named } = await this.#find(owner, id);
    const offered = await this.#with(owner, server, (connection) => connection.list());
    const agreed = new Map(server.agreed.map((one) => [one.name, pinOf(one)]));
    return offered.map((one) => {
      const [pin, before] = [pinOf(one), agreed.get(one.name)];
      const asks = !named || !readsOnly(named, one.name);
      return {
        ...one,
        pin,
        asks,
        agreed: before === pin,
        changed: before !== undefined && before !== pin,
      };
    });
  }

  /** @param pins of what the person has seen; what the server says otherwise by now is left out */
  async agree(owner: string, id: string, pins: readonly string[]): Promise<Listed> {
    const since = this.#erased.get(owner);
    const { server } = await this.#find(owner, id);
    const wanted = new Set(pins);
    const offered = await this.#with(owner, server, (connection) => connection.list());
    const { id: _, operator: __, signIn: ___, ...kept } = server;
    const agreed = offered.filter((one) => wanted.has(pinOf(one)));
    await this.#keep(owner, since, { ...kept, agreed }, id);
    return (await this.#find(owner, id)).server;
  }

  /**
   * Servers take their time, and a person may be erased meanwhile.
   *
   * @param since how often the person was erased when it began
   * @throws CharlaError `tool_server_not_found`
   */
  async #keep(owner: string, since: number | undefined, kept: Kept, id: string): Promise<void> {
    const gone = () => this.#erased.get(owner) !== since;
    if (!gone()) await this.#servers.put(owner, kept, id);
    if (!gone()) return;
    await this.#servers.remove(owner, id);
    throw serverNotFound();
  }

  async remove(owner: string, id: string): Promise<void> {
    const { server } = await this.#find(owner, id);
    await this.#servers.remove(owner, id);
    this.#shut(keyOf(owner, id));
    if (server.signIn) await this.#signIns.forget(owner, this.#signInPlace(server));
  }

  /** @returns how many there were, and how many sign-ins */
  async erase(owner: string): Promise<{ servers: number; signIns: number }> {
    this.#erased.set(owner, (this.#erased.get(owner) ?? 0) + 1);
    const all = await this.list(owner);
    for (const { id } of all) this.#shut(keyOf(owner, id));
    const servers = await this.#servers.erase(owner);
    const places = all.flatMap((one) => (one.signIn ? this.#signInPlace(one) : []));
    return { servers, signIns: await this.#signIns.erase(owner, places) };
  }

  /** The tools that a person has agreed to, without asking any server. */
  async tools(owner: string): Promise<readonly Tool[]> {
    const all = await this.list(owner);
    const names = new Set<string>();
    return all.flatMap((server) =>
      server.agreed.flatMap((one) => {
        const name = nameOf(server.name, one.name);
        if (names.has(name)) return [];
        names.add(name);
        return this.#tool(owner, server, name, one);
      }),
    );
  }

  #tool(owner: string, server: Server, name: string, described: Described): Tool {
    const pin = pinOf(described);
    const own = this.#policy.servers.find((one) => OPERATOR + one.name === server.id);
    const where = server.url === undefined ? server.name : new URL(server.url).host;
    const sends = {
      en: `these arguments, to the tool server ${where}`,
      es: `estos argumentos, al servidor de herramientas ${where}`,
    };
    const label = `${server.name}: ${described.name}`;
    return {
      name,
      label: { en: label, es: label },
      about: { en: described.description, es: described.description },
      ...{ description: described.description, parameters: described.parameters },
      // Whoever answers there is not who chats.
      reads: ["foreign"],
      // That a tool only reads is for the operator to say; what it says of itself is a claim.
      ...(!(own && readsOnly(own, described.name)) && { sends }),
      server: { name: server.name, pin },
      limitMs: CALL_MS,
      check: (given) => object.parse(given),
      run: (given, { signal }) =>
        this.#with(owner, server, async (connection) => {
          const now = (await connection.list()).find((one) => one.name === described.name);
          if (!now || pinOf(now) !== pin) throw toolChanged(server.name);
          const asked = given as Record<string, unknown>;
          const { text, failed } = await connection.call(described.name, asked, CALL_MS, signal);
          if (failed) throw new ToolSaid(text);
          return text;
        }),
    };
  }

  async #find(owner: string, id: string): Promise<{ server: Listed; named: Named | undefined }> {
    const server = (await this.list(owner)).find((one) => one.id === id);
    if (!server) throw serverNotFound();
    const named = this.#policy.servers.find((one) => OPERATOR + one.name === id);
    return { server, named };
  }

  #connect(name: string, where: Where): Promise<Connection> {
    return Connection.open(name, where, this.#reach, this.#version);
  }

  /** By a connection that is there, or a new one; one that has gone meanwhile is made again once. */
  async #with<Result>(
    owner: string,
    server: Server,
    work: (connection: Connection) => Promise<Result>,
  ): Promise<Result> {
    const key = keyOf(owner, server.id);
    let open = this.#open.get(key);
    if (!open) {
      const connection = this.#connect(server.name, this.#placeOf(owner, server));
      open = { connection, timer: this.#rest(key) };
      this.#open.set(key, open);
      connection.then(
        (one) => {
          one.onGone = () => this.#shut(key);
        },
        () => this.#shut(key),
      );
    }
    clearTimeout(open.timer);
    try {
      return await work(await open.connection);
    } catch (thrown) {
      if (!(thrown instanceof ToolSaid)) this.#shut(key);
      throw thrown;
    } finally {
      if (this.#open.get(key) === open) open.timer = this.#rest(key);
    }
  }

  #rest(key: string): NodeJS.Timeout {
    return setTimeout(() => this.#shut(key), REST_MS).unref();
  }

  #shut(key: string): void {
    const open = this.#open.get(key);
    if (!open) return;
    this.#open.delete(key);
    clearTimeout(open.timer);
    void open.connection.then(
      (one) => one.close(),
      () => {},
    );
  }

  #placeOf(owner: string, server: Server): Where {
    const { id, name, url, token } = server;
    const one = this.#policy.servers.find((known) => OPERATOR + known.name === id);
    if (url === undefined && one?.command) return { command: one.command };
    const [address, key] = url === undefined ? [one?.url, one?.token] : [url, token];
    if (address === undefined) throw serverFailed(name, undefined);
    const pass =
      key === undefined
        ? this.#signIns.pass(owner, this.#signInPlace(server))
        : { token: async () => key };
    return { url: address, pass, operator: url === undefined };
  }

  /** @throws CharlaError `tool_server_not_found` for a program, which nobody signs in to */
  #signInPlace({ id, name, url, client }: Server): Place {
    if (url !== undefined) return { id, name, url, client, operator: [] };
    const one = this.#policy.servers.find((known) => OPERATOR + known.name === id);
    if (one?.url === undefined) throw serverNotFound();
    const { client_id, client_secret: secret, sign_in } = one;
    return {
      ...{ id, name, url: one.url, operator: [one.url, ...(sign_in ? [sign_in] : [])] },
      client:
        client_id === undefined ? undefined : { id: client_id, secret, of: sign_in ?? one.url },
    };
  }

  /** The server stops: no program outlives it. */
  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const { timer } of all) clearTimeout(timer);
    await Promise.all(
      all.map(({ connection }) =>
        connection.then(
          (one) => one.close(),
          () => {},
        ),
      ),
    );
  }
}
