import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { listen } from "../../../src/server/listen.ts";

const app = new Hono().get("/", (c) => c.text("here"));

/** Linux gives ports below this one to those with a right alone; containers may lower it. */
function firstOpenPort(): number {
  if (process.platform !== "linux") return 0;
  return Number(readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8"));
}

describe("listen", () => {
  it("takes the next port when one is taken, as often as it may", async () => {
    const first = await listen(app, "127.0.0.1", 0);
    try {
      const second = await listen(app, "127.0.0.1", first.port, 20);
      expect(second.port).toBeGreaterThan(first.port);
      second.server.close();
      await expect(listen(app, "127.0.0.1", first.port)).rejects.toMatchObject({
        code: "port_in_use",
        params: { port: first.port, host: "127.0.0.1" },
      });
    } finally {
      first.server.close();
    }
  });

  it("says so when the address is not this machine's", async () => {
    // Reserved for documentation by RFC 5737, so nobody's.
    await expect(listen(app, "192.0.2.1", 0, 20)).rejects.toMatchObject({
      code: "port_not_allowed",
      hint: expect.stringContaining("--port"),
      params: { port: 0, host: "192.0.2.1", reason: "EADDRNOTAVAIL" },
    });
  });

  it.runIf(firstOpenPort() > 80)("says so when this user may not have the port", async () => {
    // Root may have every port, so it becomes nobody for a moment.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      await expect(listen(app, "127.0.0.1", 80)).rejects.toMatchObject({
        code: "port_not_allowed",
        params: { port: 80, host: "127.0.0.1", reason: "EACCES" },
      });
    } finally {
      if (root) process.seteuid?.(0);
    }
  });
});
