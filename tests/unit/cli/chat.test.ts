/** `charla chat` as a person meets it: in a terminal of its own (a pty), and in pipes. */
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  CLI,
  charla,
  ended,
  printed,
  serve,
  start,
  temporary,
  terminal,
} from "../../fixtures/charla.ts";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("charla chat", () => {
  it("prints the answer alone when the question comes by a pipe", async () => {
    const options = { env: { CHARLA_HOME: temporary() }, input: "  Two words \n" };
    const result = await charla(["chat"], options);
    expect(result).toEqual({ code: 0, stdout: "You said: Two words\n", stderr: "" });
  });

  it("prints one JSON object when asked to", async () => {
    const args = ["chat", "--json", "--max-tokens", "2", "--seed", "7"];
    const { stdout } = await charla(args, { env: { CHARLA_HOME: temporary() }, input: "Hello" });
    expect(JSON.parse(stdout)).toMatchObject({
      content: "You said:",
      seed: 7,
      finish: { reason: "length", completionTokens: 2 },
    });
  });

  it("says so when there is no question", async () => {
    const result = await charla(["chat"], { env: { CHARLA_HOME: temporary() }, input: " \n" });
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toContain("no question");
  });

  it("needs no server: a remote one that is gone is an error with its address", async () => {
    const port = await freePort();
    const env = { CHARLA_ENGINE: "", CHARLA_REMOTE_URL: `http://127.0.0.1:${port}/v1` };
    const { code, stderr } = await charla(["chat"], { env, input: "Hello" });
    expect(code).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${port}`);
  });

  it("sends a paste of several lines as one message, and keeps the history", async () => {
    const prompts: unknown[] = [];
    const url = await fakeServer((messages) => {
      prompts.push(messages);
      return `answer ${prompts.length}`;
    });
    const env = { CHARLA_ENGINE: "", CHARLA_REMOTE_URL: url, CHARLA_HOME: temporary() };
    const child = terminal(`${process.execPath} ${CLI} chat --system Short.`, env);
    await printed(child, /> /);
    child.stdin?.write("\x1b[200~one\rtwo\rthree\x1b[201~");
    child.stdin?.write("\r");
    await printed(child, /answer 1/);
    await printed(child, /> /);
    child.stdin?.write("four\r");
    await printed(child, /answer 2[\s\S]*> /);
    child.stdin?.write("/new\r");
    await printed(child, /A new chat/);
    child.stdin?.write("five\r");
    await printed(child, /answer 3[\s\S]*> /);
    child.stdin?.write("\x04");
    expect((await ended(child)).code).toBe(0);
    const system = { role: "system", content: "Short." };
    const user = (content: string) => ({ role: "user", content });
    const paste = [system, user("one\ntwo\nthree")];
    const answered = [...paste, { role: "assistant", content: "answer 1" }, user("four")];
    expect(prompts).toEqual([paste, answered, [system, user("five")]]);
  });

  it("stops the answer by Ctrl-C, and the program only by Ctrl-D", async () => {
    const child = terminal(`${process.execPath} ${CLI} chat`, { CHARLA_HOME: temporary() });
    await printed(child, /> /);
    child.stdin?.write(`${"word ".repeat(500)}\r`);
    await printed(child, /You said: word word/);
    child.stdin?.write("\x03");
    await printed(child, /> /);
    child.stdin?.write("Still there?\r");
    await printed(child, /You said: Still there\?/);
    await printed(child, /> /);
    child.stdin?.write("\x04");
    expect((await ended(child)).code).toBe(0);
  });
});

describe("an answer that is stopped before its first word", () => {
  /** A server whose first answer never begins. */
  async function slowServer() {
    const prompts: unknown[] = [];
    const asked = Promise.withResolvers<void>();
    const url = await fakeServer((messages) => {
      prompts.push(messages);
      asked.resolve();
      return prompts.length === 1 ? undefined : "at last";
    });
    const env = { CHARLA_ENGINE: "", CHARLA_REMOTE_URL: url, CHARLA_HOME: temporary() };
    return { env, prompts, asked: asked.promise };
  }

  it("leaves no trace in the chat", async () => {
    const { env, prompts, asked } = await slowServer();
    const child = terminal(`${process.execPath} ${CLI} chat`, env);
    await printed(child, /> /);
    child.stdin?.write("first\r");
    await asked;
    child.stdin?.write("\x03");
    await printed(child, /> /);
    child.stdin?.write("second\r");
    await printed(child, /at last[\s\S]*> /);
    child.stdin?.write("\x04");
    expect((await ended(child)).code).toBe(0);
    const user = (content: string) => [{ role: "user", content }];
    expect(prompts).toEqual([user("first"), user("second")]);
  });

  it("ends a pipe as shells expect of Ctrl-C", async () => {
    const { env, asked } = await slowServer();
    const child = start(process.execPath, [CLI, "chat"], { env, input: "first" });
    const exit = ended(child);
    await asked;
    child.kill("SIGINT");
    expect(await exit).toEqual({ code: 130, stdout: "\n", stderr: "" });
  });
});

describe("a question on the command line", () => {
  it("needs no quotes and no pipe", async () => {
    const result = await charla(["chat", "Two", "words"], { env: { CHARLA_HOME: temporary() } });
    expect(result).toEqual({ code: 0, stdout: "You said: Two words\n", stderr: "" });
  });

  it("stands above what comes by a pipe", async () => {
    const options = { env: { CHARLA_HOME: temporary() }, input: "a\nb\n" };
    const { stdout } = await charla(["chat", "Sort:"], options);
    expect(stdout).toBe("You said: Sort:\n\na\nb\n");
  });

  it("is in colours where they are wanted, and Markdown where they are not", async () => {
    const ask = async (env: NodeJS.ProcessEnv) =>
      (await charla(["chat", "**x**"], { env: { CHARLA_HOME: temporary(), ...env } })).stdout;
    expect(await ask({ FORCE_COLOR: "1" })).toBe("You said: \u001b[1mx\u001b[22m\n");
    expect(await ask({})).toBe("You said: **x**\n");
    const command = `${process.execPath} ${CLI} chat "**x**"`;
    const look = async (env: NodeJS.ProcessEnv) =>
      (await ended(terminal(command, { CHARLA_HOME: temporary(), ...env }))).stdout;
    expect(await look({})).toContain("\u001b[1mx\u001b[22m");
    expect(await look({ NO_COLOR: "1" })).toContain("You said: **x**");
    const dumb = await look({ TERM: "dumb" });
    expect(dumb).toContain("You said: **x**");
    expect(dumb).not.toContain("\u001b");
  });
});

describe("the lines around an answer", () => {
  it("give a sign of life before it, and its speed behind it", async () => {
    const { env, asked, answer } = await heldServer();
    const child = terminal(`${process.execPath} ${CLI} chat`, env);
    await printed(child, /Charla \d[\s\S]*fake[\s\S]*an AI[\s\S]*> /);
    child.stdin?.write("Well?\r");
    await printed(child, /(Thinking|Loading)/);
    await asked;
    answer("<think>Hm.</think>So **it** is.");
    const shown = await printed(child, /tokens\/s/);
    expect(stripVTControlCharacters(shown)).toMatch(
      /│ Hm\.\s+So it is\.\s+\d+ tokens · .*tokens\/s/,
    );
    child.stdin?.write("\x04");
    expect((await ended(child)).code).toBe(0);
  });

  it("break between words, as wide as the terminal is", async () => {
    const words = "abcdefgh ".repeat(12).trim();
    const command = `stty cols 40; exec ${process.execPath} ${CLI} chat ${words}`;
    const child = terminal(`sh -c '${command}'`, { CHARLA_HOME: temporary() });
    const { stdout } = await ended(child);
    const lines = stripVTControlCharacters(stdout).split(/[\r\n]+/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(stdout.match(/\babcdefgh\b/g)).toHaveLength(12);
  });
});

describe("a line that begins with a slash", () => {
  it("is a command, or told that it is none, and never a question", async () => {
    const prompts: { role: string; content: string }[][] = [];
    const url = await fakeServer((messages) => {
      prompts.push(messages as { role: string; content: string }[]);
      return `answer ${prompts.length}`;
    });
    const home = temporary();
    const env = { CHARLA_ENGINE: "", CHARLA_REMOTE_URL: url, CHARLA_HOME: home };
    const child = terminal(`${process.execPath} ${CLI} chat`, env);
    const type = async (line: string, until: RegExp) => {
      await printed(child, /> /);
      child.stdin?.write(`${line}\r`);
      return printed(child, until);
    };
    await type("/foo bar", /no command \/foo[\s\S]*\/help/);
    await type("/help", /\/again[\s\S]*Ctrl-C/);
    await type("/again", /no answer yet/);
    await type("/model", /\* fake/);
    await type("/model nosuch", /no model nosuch/);
    await type("/model fake", /fake answers/);
    await type("/system Be short.", /System prompt: Be short\./);
    await type("/etc/passwd is what?", /answer 1/);
    await type("/again", /answer 2/);
    await type(" /foo", /answer 3/);
    const file = join(home, "chat.md");
    await type(`/save ${file}`, /Saved in/);
    await type(`/save ${file}`, /is there already/);
    await type("/quit", /\S/);
    expect((await ended(child)).code).toBe(0);
    const [first, second, third] = prompts.map((prompt) => prompt.map(({ content }) => content));
    expect(first).toEqual(["Be short.", "/etc/passwd is what?"]);
    expect(second).toEqual(first);
    expect(third).toEqual([...(first ?? []), "answer 2", "/foo"]);
    const saved = readFileSync(file, "utf8");
    expect(saved).toContain("written by an AI (fake)");
    expect(saved.split("\n").filter((line) => line.startsWith("## "))).toEqual([
      ...["## You", "## fake", "## You", "## fake"],
    ]);
  });
});

describe("a server that runs on the same data folder", () => {
  /** Without a model of its own, so that only the server can answer. */
  const bare = (home: string) => ({ CHARLA_HOME: home, CHARLA_ENGINE: "", HF_HUB_OFFLINE: "1" });

  it("answers, and the terminal says so", async () => {
    const home = temporary();
    const { url, child: server } = await serve(["--port", "0"], { env: { CHARLA_HOME: home } });
    const result = await charla(["chat", "Who?"], { env: bare(home) });
    expect(result).toEqual({ code: 0, stdout: "You said: Who?\n", stderr: "" });
    const json = await charla(["chat", "--json", "--seed", "7", "Who?"], { env: bare(home) });
    expect(JSON.parse(json.stdout)).toMatchObject({ seed: 7, model: { id: "scripted" } });
    const child = terminal(`${process.execPath} ${CLI} chat`, bare(home));
    await printed(child, new RegExp(`${url} answers`));
    await printed(child, /> /);
    child.stdin?.write(`${"word ".repeat(500)}\r`);
    await printed(child, /You said: word/);
    child.stdin?.write("\x03");
    await printed(child, /> /);
    child.stdin?.write("/model\r");
    await printed(child, /\* scripted/);
    child.stdin?.write("\x04");
    expect((await ended(child)).code).toBe(0);
    server.kill("SIGTERM");
    expect((await ended(server)).code).toBe(0);
    expect(existsSync(join(home, "server.url"))).toBe(false);
  });

  it("is not asked for a model that it lacks, nor when it wants an account", async () => {
    const home = temporary();
    await serve(["--port", "0"], { env: { CHARLA_HOME: home } });
    const other = { env: { ...bare(home), CHARLA_ENGINE: "scripted" } };
    const { stdout } = await charla(["chat", "--json", "--model", "burst", "Who?"], other);
    expect(JSON.parse(stdout)).toMatchObject({ content: "You said: Who?" });
    const accounts = temporary();
    await serve(["--port", "0", "--accounts"], { env: { CHARLA_HOME: accounts } });
    const own = { env: { ...bare(accounts), CHARLA_ENGINE: "scripted" } };
    expect((await charla(["chat", "Who?"], own)).stdout).toBe("You said: Who?\n");
  });

  it("that has crashed is not asked", async () => {
    const home = temporary();
    const { child } = await serve(["--port", "0"], { env: { CHARLA_HOME: home } });
    child.kill("SIGKILL");
    await once(child, "close");
    expect(existsSync(join(home, "server.url"))).toBe(true);
    const env = { CHARLA_HOME: home };
    expect((await charla(["chat", "Who?"], { env })).stdout).toBe("You said: Who?\n");
    writeFileSync(join(home, "server.url"), "http://127.0.0.1:1\n");
    expect((await charla(["chat", "Who?"], { env })).stdout).toBe("You said: Who?\n");
  });
});

/** A server whose one answer begins when it is given. */
async function heldServer() {
  const asked = Promise.withResolvers<void>();
  const given = Promise.withResolvers<string>();
  const url = await fakeServer(() => {
    asked.resolve();
    return given.promise;
  });
  const env = { CHARLA_ENGINE: "", CHARLA_REMOTE_URL: url, CHARLA_HOME: temporary() };
  return { env, asked: asked.promise, answer: given.resolve };
}

/** A server that speaks OpenAI's API as far as a chat needs it; no answer never begins. */
async function fakeServer(
  answer: (messages: unknown) => string | undefined | Promise<string>,
): Promise<string> {
  const server = createServer(async (request, response) => {
    if (request.url?.endsWith("/models")) {
      return response.end(JSON.stringify({ data: [{ id: "fake", max_model_len: 4096 }] }));
    }
    if (!request.url?.endsWith("/chat/completions")) return response.writeHead(404).end();
    const { messages } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const chunk = (choice: object) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" });
    const content = await answer(messages);
    if (content === undefined) return response.flushHeaders();
    response.write(chunk({ index: 0, delta: { content } }));
    response.end(`${chunk({ index: 0, delta: {}, finish_reason: "stop" })}data: [DONE]\n\n`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}
