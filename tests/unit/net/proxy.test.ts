/** The proxies of companies: which requests go through them, and that these do. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { safeFetch } from "../../../src/net/fetch.ts";
import { proxyOf } from "../../../src/net/proxy.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the way to an address", () => {
  const env = { HTTPS_PROXY: "http://a:1", http_proxy: "b:2", HTTP_PROXY: "http://never" };
  test.each([
    ["https://example.org/x", {}, undefined],
    ["https://example.org/x", env, "http://a:1/"],
    ["http://example.org/x", env, "http://b:2/"],
    ["http://127.0.0.1:11434/v1", env, undefined],
    ["http://[::1]:11434/v1", env, undefined],
    ["http://localhost:8000", env, undefined],
    ["http://192.168.1.7:8000", env, "http://b:2/"],
    ["https://example.org", { ...env, NO_PROXY: "other.org, example.org" }, undefined],
    ["https://a.example.org", { ...env, no_proxy: ".example.org" }, undefined],
    ["https://a.example.org", { ...env, no_proxy: "*.example.org" }, undefined],
    ["https://notexample.org", { ...env, no_proxy: "example.org" }, "http://a:1/"],
    ["https://example.org", { ...env, no_proxy: "example.org:8443" }, "http://a:1/"],
    ["https://example.org:8443", { ...env, no_proxy: "example.org:8443" }, undefined],
    ["http://10.0.0.5", { ...env, no_proxy: "10.0.0.5" }, undefined],
    ["https://example.org", { ...env, no_proxy: "*" }, undefined],
    ["https://example.org", { HTTPS_PROXY: "socks5://a:1" }, undefined],
    ["https://example.org", { HTTPS_PROXY: "" }, undefined],
  ])("%s with %j: %s", (address, environment, proxy) => {
    expect(proxyOf(new URL(address), environment)).toBe(proxy);
  });
});

/** @returns what the proxy was asked for */
async function proxied() {
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    asked.push(`${request.headers["proxy-authorization"]} ${request.url}`);
    response.end("from the proxy");
  });
  proxy.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  vi.stubEnv("HTTP_PROXY", `http://ana:secret@${address}`);
  vi.stubEnv("HTTPS_PROXY", `http://${address}`).stubEnv("NO_PROXY", "");
  return asked;
}

describe("a fetch", () => {
  const ask = (url: string, address?: string) =>
    safeFetch(
      url,
      { signal: AbortSignal.timeout(5000) },
      {
        redirects: 0,
        resolve: async () => {
          if (address === undefined) throw Object.assign(new Error(), { code: "ENOTFOUND" });
          return [{ address, family: 4 }];
        },
      },
    );

  test("goes through the proxy, also to a name that only that one knows", async () => {
    const asked = await proxied();
    expect(await (await ask("http://hub.example/x")).text()).toBe("from the proxy");
    expect(asked).toEqual([`Basic ${btoa("ana:secret")} http://hub.example/x`]);
    await expect(ask("https://hub.example/x")).rejects.toThrow();
    expect(asked[1]).toBe("CONNECT hub.example:443");
  });

  test("is refused to what it may not be for, as ever", async () => {
    const asked = await proxied();
    const refused = { code: "address_refused" };
    await expect(ask("http://inside.example/x", "10.0.0.5")).rejects.toMatchObject(refused);
    await expect(ask("http://cloud.example/x", "169.254.169.254")).rejects.toMatchObject(refused);
    await expect(ask("http://169.254.169.254/x")).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
  });

  test("without one still needs the name", async () => {
    vi.stubEnv("HTTP_PROXY", "").stubEnv("http_proxy", "");
    await expect(ask("http://hub.example/x")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });
});
