/** Connections as the kernel tells them: of real sockets, and read from what it would write. */
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { connectionsOf, hasOpen, parseTable } from "../../../src/net/sockets.ts";
import { charla, serve, temporary } from "../../fixtures/charla.ts";

test("addresses and states are read from the kernel's table", () => {
  const heading =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  const rest = "00000000:00000000 00:00000000 00000000     0        0";
  const table = [
    heading,
    `   0: 0100007F:1F90 00000000:0000 0A ${rest} 101 1 0 100 0 0 10 0`,
    `   1: 0A00000A:C350 22D8B85D:01BB 01 ${rest} 102 1 0 100 0 0 10 0`,
    `   2: 0000000000000000FFFF00000100007F:1F90 B80D0120000000000000000001000000:0035 02 ${rest} 103 1`,
  ].join("\n");
  expect(parseTable(table)).toEqual([
    {
      ...{ local: { address: "127.0.0.1", port: 8080 }, remote: { address: "0.0.0.0", port: 0 } },
      ...{ listening: true, uid: 0, inode: "101" },
    },
    {
      ...{ local: { address: "10.0.0.10", port: 50_000 } },
      ...{
        remote: { address: "93.184.216.34", port: 443 },
        listening: false,
        uid: 0,
        inode: "102",
      },
    },
    {
      ...{ local: { address: "127.0.0.1", port: 8080 } },
      ...{ remote: { address: "2001:db8::1", port: 53 }, listening: false, uid: 0, inode: "103" },
    },
  ]);
});

const linux = describe.runIf(process.platform === "linux");
linux("of a process", () => {
  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal);

  test("connections to other addresses are told, by who began them, and none within", async () => {
    const server = createServer().listen(0, "0.0.0.0");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const to = async (host: string) => {
      const socket = connect(port, host);
      onTestFinished(() => void socket.destroy());
      await once(socket, "connect");
      return socket;
    };
    await to("127.0.0.1");
    const among = () =>
      connectionsOf(process.pid).filter(({ local, remote }) =>
        [local.port, remote.port].includes(port),
      );
    expect(among()).toEqual([]);
    if (!own) return;
    await to(own.address);
    await expect
      .poll(() =>
        among()
          .map(({ incoming }) => incoming)
          .toSorted(),
      )
      .toEqual([false, true]);
  });

  test("it is known whether a file is open", async () => {
    const folder = await mkdtemp(join(tmpdir(), "charla-open-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, "file");
    const file = openSync(path, "w");
    expect(hasOpen(process.pid, path)).toBe(true);
    closeSync(file);
    expect(hasOpen(process.pid, path)).toBe(false);
    expect(hasOpen(2 ** 30, path)).toBe(false);
  });

  test("charla doctor --egress tells where it may go, and that the server went nowhere", async () => {
    const home = temporary();
    const env = { CHARLA_HOME: home, CHARLA_PORT: "0", CHARLA_ENGINE: "llama" };
    const ask = async (more: Record<string, string> = {}) => {
      const { code, stdout } = await charla(["doctor", "--egress", "--json"], {
        env: { ...env, ...more },
      });
      expect(code).toBe(0);
      return JSON.parse(stdout);
    };
    const before = await ask();
    expect(before.live).toBeNull();
    expect(before.destinations).toMatchObject([
      { address: "https://huggingface.co", setting: expect.stringContaining("HF_HUB_OFFLINE") },
      { address: null, setting: expect.stringContaining("pip") },
    ]);
    expect((await ask({ HF_HUB_OFFLINE: "1" })).destinations).toMatchObject([{ what: "Nowhere" }]);
    const remote = await ask({
      ...{ CHARLA_ENGINE: "remote", CHARLA_REMOTE_URL: "http://10.0.0.5:8000/v1" },
      CHARLA_DATABASE_URL: "postgres://charla:secret@10.0.0.6:5432/charla",
    });
    expect(remote.destinations).toMatchObject([
      { address: "http://10.0.0.5:8000/v1", setting: "CHARLA_REMOTE_URL" },
      { address: "10.0.0.6:5432", setting: "CHARLA_DATABASE_URL" },
    ]);
    expect(JSON.stringify(remote)).not.toContain("secret");
    const { child } = await serve([], { env: { ...env, CHARLA_ENGINE: "scripted" } });
    expect((await ask({ CHARLA_ENGINE: "scripted" })).live).toEqual({
      pid: child.pid,
      connections: [],
    });
    const plain = await charla(["doctor", "--egress"], {
      env: { ...env, CHARLA_ENGINE: "scripted" },
    });
    expect(plain.stdout).toContain(`(process ${child.pid}) is connected to nothing outside`);
  });
});
