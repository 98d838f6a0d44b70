/**
 * The whole product in Shared mode on a folder of its own, and browsers for it: each has a jar of
 * cookies, kept by the rules that matter here.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { type App, startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import type { Engines } from "../../../src/core/engine.ts";
import { urlOf } from "../../fixtures/databases.ts";

export const PASSWORD = "correct horse battery staple";

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what is there
  readonly body: any;
  readonly headers: Headers;
}

export interface Place {
  readonly app: App;
  /** By the name that people use, since passkeys know no addresses. */
  readonly origin: string;
  readonly home: string;
  /** What was printed in the terminal. */
  readonly told: readonly string[];
  readonly logged: readonly unknown[];
  browser(): Browser;
  /** The token of the last set-up link that was printed. */
  setUpToken(): string;
  /** A browser in which the first administrator is signed in. */
  administrator(): Promise<Browser>;
  /** Invites somebody, and gives a browser in which they are signed in. */
  join(administrator: Browser, email: string, role?: string): Promise<Browser>;
  stop(): Promise<void>;
}

/** @param settings flags of the server; `policy` is the text of its policy */
export async function serve(
  settings: {
    home?: string;
    accounts?: string;
    policy?: string;
    oidcSecret?: string;
    engines?: (home: string) => Engines;
  } = {},
): Promise<Place> {
  const home = settings.home ?? mkdtempSync(join(tmpdir(), "charla-accounts-"));
  if (!settings.home) onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const { policy, engines, ...flags } = settings;
  if (policy !== undefined) writeFileSync(join(home, "policy.toml"), policy);
  const databaseUrl = await urlOf(home);
  const all = { accounts: "on", port: 0, engine: "scripted", databaseUrl, ...flags, home };
  const told: string[] = [];
  const logged: unknown[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line) => void told.push(String(line)));
  const app = await startApp(readConfig(all, {}), (...line) => logged.push(line), {
    engines: engines?.(home),
  });
  // The link is printed as soon as the port is known.
  await new Promise(setImmediate);
  spy.mockRestore();
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= app.stop();
    return stopped;
  };
  onTestFinished(stop);
  const origin = `http://localhost:${new URL(app.url).port}`;
  const browser = () => new Browser(origin);
  const setUpToken = () => /set-up#([\w-]+)/.exec(told.at(-1) ?? "")?.[1] ?? "";
  return {
    ...{ app, origin, home, told, logged, browser, setUpToken, stop },
    async administrator() {
      const ana = browser();
      const person = { name: "Ana", email: "ana@example.org", password: PASSWORD };
      await ana.must("POST", "/api/auth/set-up", { token: setUpToken(), ...person });
      return ana;
    },
    async join(administrator, email, role = "member") {
      const made = await administrator.must("POST", "/api/auth/invitations", { email, role });
      const token = made.link.split("#")[1];
      const visitor = browser();
      const [name = ""] = email.split("@");
      const body = { token, name, password: PASSWORD };
      await visitor.must("POST", "/api/auth/invitations/accept", body);
      return visitor;
    },
  };
}

export class Browser {
  readonly cookies = new Map<string, string>();
  /** Every `Set-Cookie` that has come, as it came. */
  readonly set: string[] = [];
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
    /** Of an endless stream, only what comes in so many milliseconds is read. */
    patience = 0,
  ): Promise<Reply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(this.#origin + path, {
      method,
      redirect: "manual",
      headers: { origin: this.#origin, ...(cookie && { cookie }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    for (const one of response.headers.getSetCookie()) this.#keep(one);
    const text = patience > 0 ? await glimpse(response, patience) : await response.text();
    const json = response.headers.get("content-type")?.startsWith("application/json");
    return {
      status: response.status,
      body: json ? JSON.parse(text) : text,
      headers: response.headers,
    };
  }

  /** The body of an answer that has to be a good one. */
  async must(method: string, path: string, body?: unknown): Promise<Reply["body"]> {
    const reply = await this.call(method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** The code of an answer's error; "" where there is none. */
  async fails(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<string> {
    const reply = await this.call(method, path, body, headers);
    return reply.body?.error?.code ?? "";
  }

  signIn(email: string, password = PASSWORD): Promise<Reply> {
    return this.call("POST", "/api/auth/sign-in", { email, password });
  }

  /** E-mail of who is signed in here. */
  async person(): Promise<string | null> {
    return (await this.must("GET", "/api/account/state")).person?.email ?? null;
  }

  #keep(one: string): void {
    this.set.push(one);
    const [pair = "", ...attributes] = one.split(/;\s*/);
    const at = pair.indexOf("=");
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (attributes.some((each) => /^max-age=0$/i.test(each))) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

async function glimpse({ body }: Response, ms: number): Promise<string> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  const over = new Promise<{ done: true }>((resolve) => {
    setTimeout(() => resolve({ done: true }), ms);
  });
  let text = "";
  for (;;) {
    const next = await Promise.race([reader?.read(), over]);
    if (!next || next.done) break;
    text += next.value;
  }
  await reader?.cancel();
  return text;
}
