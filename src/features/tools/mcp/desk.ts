/**
 * Servers of tools as a person deals with them: added, looked at, agreed to, and their tools in chats. A
 * tool is used as it was when its person agreed: before each call the server is asked what it says of it
 * now, and one that says something else is no longer used.
 */
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
import { pinOf, type Server, type Servers } from "./store.ts";

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

interface Open {
  readonly connection: Promise<Connection>;
  timer: NodeJS.Timeout;
}

export class ServerDesk {
  readonly #servers: Servers;
  readonly #policy: ToolsPolicy;
  readonly #reach: () => Promise<Reach>;
  readonly #version: string;
  /** By person and server. */
  readonly #open = new Map<string, Open>();

  constructor(servers: Servers, policy: ToolsPolicy, reach: () => Promise<Reach>, version: string) {
    this.#servers = servers;
    this.#policy = policy;
    this.#reach = reach;
    this.#version = version;
  }

  /** The operator's first, also those whose tools the person has not agreed to. */
  async list(owner: string): Promise<readonly (Server & { readonly operator: boolean })[]> {
    const kept = await this.#servers.of(owner);
    const named = this.#policy.servers.map(({ name }) => {
      const id = OPERATOR + name;
      const agreed = kept.find((one) => one.id === id)?.agreed ?? [];
      return { id, name, agreed, operator: true };
    });
    const own = kept.filter(({ id }) => !id.startsWith(OPERATOR));
    return [...named, ...own.map((one) => ({ ...one, operator: false }))];
  }

  /** @throws CharlaError `tool_server_refused`, `tool_server_known`, `tool_server_failed`, `address_refused` */
  async add(owner: string, given: { name: string; url: string; token?: string | undefined }) {
    if (!this.#policy.own_servers) throw serverRefused();
    const all = await this.list(owner);
    if (all.some(({ name }) => name === given.name)) throw serverKnown(given.name);
    if (all.length - this.#policy.servers.length >= MOST) throw serverRefused();
    // One that cannot be reached is not kept: nobody would know why nothing happens.
    const { name, url, token } = given;
    const connection = await this.#connect(name, { url, token, operator: false });
    await connection.close();
    return this.#servers.put(owner, { ...given, agreed: [] });
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
  async agree(owner: string, id: string, pins: readonly string[]): Promise<Server> {
    const { server } = await this.#find(owner, id);
    const wanted = new Set(pins);
    const offered = await this.#with(owner, server, (connection) => connection.list());
    const { id: _, ...kept } = server;
    const agreed = offered.filter((one) => wanted.has(pinOf(one)));
    return this.#servers.put(owner, { ...kept, agreed }, id);
  }

  async remove(owner: string, id: string): Promise<void> {
    const gone = await this.#servers.remove(owner, id);
    if (!gone && !id.startsWith(OPERATOR)) throw serverNotFound();
    this.#shut(keyOf(owner, id));
  }

  /** @returns how many there were */
  async erase(owner: string): Promise<number> {
    for (const { id } of await this.list(owner)) this.#shut(keyOf(owner, id));
    return this.#servers.erase(owner);
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

  async #find(owner: string, id: string): Promise<{ server: Server; named: Named | undefined }> {
    const server = (await this.list(owner)).find((one) => one.id === id);
    if (!server) throw serverNotFound();
    const named = this.#policy.servers.find((one) => OPERATOR + one.name === id);
    const { operator: _, ...rest } = server;
    return { server: rest, named };
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
      const connection = this.#connect(server.name, this.#placeOf(server));
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

  #placeOf({ id, name, url, token }: Server): Where {
    if (url !== undefined) return { url, token, operator: false };
    const one = this.#policy.servers.find((server) => OPERATOR + server.name === id);
    if (one?.url !== undefined) return { url: one.url, token: one.token, operator: true };
    if (one?.command) return { command: one.command };
    throw serverFailed(name, undefined);
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
