/** The fetcher against servers and names that lead it astray; each is real and listens here. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Address, type Rules, safeFetch } from "../../../src/net/fetch.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(answer: Answer) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { seen, port, url: `http://127.0.0.1:${port}` };
}

const to =
  (location: string, status = 302): Answer =>
  (_request, response) =>
    response.writeHead(status, { location }).end();
const patience = () => AbortSignal.timeout(5000);
const get = (url: string, rules: Partial<Rules> = {}, headers = {}) =>
  safeFetch(url, { headers, signal: patience() }, { redirects: 3, ...rules });
const refused = { code: "address_refused" };

describe("an address that somebody else has chosen", () => {
  test.each([
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "2130706433",
    "127.0.0.1.",
    "localhost",
    "LOCALHOST",
    "%31%32%37.0.0.1",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "0",
    "0.0.0.0",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "10.0.0.1",
    "192.168.0.1",
    "172.16.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "[::ffff:a9fe:a9fe]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[fc00::1]",
  ])("is refused as %s, and nothing is connected to", async (host) => {
    const server = await serve((_request, response) => response.end("secret"));
    await expect(get(`http://${host}:${server.port}/`)).rejects.toMatchObject(refused);
    expect(server.seen).toEqual([]);
  });

  test("is refused in any notation of any inner IPv4 address", async () => {
    const inner = fc.oneof(
      fc.tuple(fc.constant(127), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(10), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
    );
    const digits = fc.constantFrom(
      (value: number) => String(value),
      (value: number) => `0x${value.toString(16)}`,
      (value: number) => `0${value.toString(8)}`,
    );
    await fc.assert(
      fc.asyncProperty(inner, digits, fc.nat(3), async ([a, b, c, d], write, join) => {
        const tail = [
          d,
          (c << 8) | d,
          (b << 16) | (c << 8) | d,
          ((a << 24) >>> 0) + (b << 16) + (c << 8) + d,
        ];
        const head = [a, b, c].slice(0, 3 - join);
        const host = [...head, tail[join] as number].map(write).join(".");
        await expect(get(`http://${host}/`), host).rejects.toMatchObject(refused);
      }),
    );
  });

  test.each([
    "ftp://1.1.1.1/",
    "file:///etc/passwd",
    "data:,x",
    "gopher://1.1.1.1",
    "http://",
    "//x",
  ])("%s is none that is opened", async (url) => {
    await expect(get(url)).rejects.toMatchObject({ code: "address_invalid" });
  });

  test("with a name and a password inside is none either", async () => {
    await expect(get("http://a:b@1.1.1.1/")).rejects.toMatchObject({ code: "address_invalid" });
  });
});

describe("a name", () => {
  const names =
    (table: Record<string, string[]>, asked: string[] = []) =>
    async (host: string): Promise<readonly Address[]> => {
      asked.push(host);
      return (table[host] ?? []).map((address) => ({
        address,
        family: address.includes(":") ? 6 : 4,
      }));
    };

  test.each([
    [["127.0.0.1"]],
    [["1.1.1.1", "10.0.0.1"]],
    [["1.1.1.1", "::ffff:a9fe:a9fe"]],
    [["fe80::1%eth0"]],
    [[]],
  ])("that has the addresses %j is refused", async (addresses) => {
    const resolve = names({ "evil.test": addresses });
    await expect(get("http://evil.test/", { resolve })).rejects.toMatchObject(refused);
  });

  test("is resolved once, and what it says afterwards is not heard (DNS rebinding)", async () => {
    const inside = await serve((_request, response) => response.end("secret"));
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return [{ address: asked === 1 ? "192.88.98.1" : "127.0.0.1", family: 4 }];
    };
    const request = { signal: AbortSignal.timeout(300) };
    const url = `http://rebind.test:${inside.port}/`;
    await expect(safeFetch(url, request, { redirects: 3, resolve })).rejects.toThrow();
    expect(asked).toBe(1);
    expect(inside.seen).toEqual([]);
  });

  test("is connected to by the address that was looked at, and asked by its name", async () => {
    const server = await serve((request, response) => response.end(request.headers.host));
    const asked: string[] = [];
    const resolve = names({ "mirror.test": ["127.0.0.1"] }, asked);
    const operator = `http://mirror.test:${server.port}`;
    const response = await get(`${operator}/file`, { resolve, operator });
    expect(await response.text()).toBe(`mirror.test:${server.port}`);
    expect(asked).toEqual(["mirror.test"]);
  });
});

describe("a redirect", () => {
  test.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://0x0a000001/",
    "//172.16.0.1/",
    "http://0.0.0.0/",
    "http://[fe80::1]/",
  ])("from a server of the settings on this machine to %s is refused", async (location) => {
    const server = await serve(to(location));
    await expect(get(server.url, { operator: server.url })).rejects.toMatchObject(refused);
  });

  test("to a scheme that is not opened is refused", async () => {
    const server = await serve(to("file:///etc/passwd"));
    const asked = get(server.url, { operator: server.url });
    await expect(asked).rejects.toMatchObject({ code: "address_invalid" });
  });

  test("to this machine is refused, unless the operator's own server is there", async () => {
    const inside = await serve((_request, response) => response.end("inside"));
    const outside = await serve(to(inside.url));
    const operator = `http://mirror.test:${outside.port}`;
    const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
    const own = await get(operator, { operator, resolve });
    expect(await own.text()).toBe("inside");
    // The same, reached as a stranger's.
    await expect(get(operator, { resolve })).rejects.toMatchObject(refused);
  });

  test("takes no credentials to another origin, and no others away", async () => {
    const other = await serve((_request, response) => response.end());
    const server = await serve((request, response) =>
      to(request.url === "/" ? "/again" : other.url)(request, response),
    );
    const headers = { Authorization: "Bearer key", cookie: "a=b", range: "bytes=1-" };
    await get(server.url, { operator: server.url }, headers);
    expect(server.seen[1]?.headers).toMatchObject({ authorization: "Bearer key", cookie: "a=b" });
    expect(other.seen[0]?.headers).toMatchObject({ range: "bytes=1-" });
    expect(other.seen[0]?.headers).not.toHaveProperty("authorization");
    expect(other.seen[0]?.headers).not.toHaveProperty("cookie");
  });

  test.each([
    [301, "GET", ""],
    [302, "GET", ""],
    [303, "GET", ""],
    [307, "POST", "text"],
    [308, "POST", "text"],
  ])("by %i goes on as %s", async (status, method, body) => {
    const server = await serve((request, response) => {
      if (request.url === "/") return to("/there", status)(request, response);
      request.pipe(response);
    });
    const asked = { method: "POST", body: "text", signal: patience() } as const;
    const response = await safeFetch(server.url, asked, { operator: server.url, redirects: 3 });
    expect(await response.text()).toBe(body);
    expect(server.seen[1]?.method).toBe(method);
  });

  test("without end is given up on", async () => {
    const server = await serve(to("/"));
    const asked = get(server.url, { operator: server.url });
    await expect(asked).rejects.toMatchObject({ code: "redirects_endless" });
    expect(server.seen).toHaveLength(4);
  });

  test("is the answer itself where none is followed", async () => {
    const server = await serve(to("http://10.0.0.1/"));
    const response = await get(server.url, { operator: server.url, redirects: 0 });
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("http://10.0.0.1/");
  });
});

describe("an answer", () => {
  test("that is too long is cut off, also when it says that it is short", async () => {
    const server = await serve((_request, response) => {
      for (let n = 0; n < 100; n++) response.write("x".repeat(1000));
      response.end();
    });
    const response = await get(server.url, { operator: server.url, maxBytes: 5000 });
    await expect(response.text()).rejects.toMatchObject({ code: "answer_too_large" });
    const whole = await get(server.url, { operator: server.url, maxBytes: 100_000 });
    expect(await whole.text()).toHaveLength(100_000);
  });

  test("that never ends is left when the time is over", async () => {
    const server = await serve((_request, response) => response.write("first"));
    const signal = AbortSignal.timeout(200);
    const rules = { operator: server.url, redirects: 0 };
    const response = await safeFetch(server.url, { signal }, rules);
    await expect(response.text()).rejects.toThrow();
  });

  test("comes with its status and headers", async () => {
    const server = await serve((_request, response) =>
      response.writeHead(404, { "set-cookie": ["a=1", "b=2"], "x-more": "there" }).end("no"),
    );
    const response = await get(server.url, { operator: server.url });
    expect([response.status, await response.text()]).toEqual([404, "no"]);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.headers.get("x-more")).toBe("there");
  });
});
