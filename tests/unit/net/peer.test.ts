/** Who is at the other end of a connection within this machine. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { whoAsksIfAny } from "../../../src/core/access.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import type { Route } from "../../../src/core/route.ts";
import { isStranger, ownerOf, tellsUsers } from "../../../src/net/peer.ts";
import { layersOf } from "../../../src/server/around.ts";

const HEADING = "  sl  local_address rem_address   st";
const row = (local: string, remote: string, state: string, uid: number, inode: number) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1`;
const ends = {
  ...{ localAddress: "127.0.0.1", localPort: 8080 },
  ...{ remoteAddress: "127.0.0.1", remotePort: 50_000 },
};
const [SERVER, CLIENT] = ["0100007F:1F90", "0100007F:C350"];
const MAPPED = "0000000000000000FFFF0000";
const ours = row(SERVER, CLIENT, "01", 1000, 7);
const owner = (...tables: string[][]) =>
  ownerOf(
    ends,
    tables.map((lines) => [HEADING, ...lines].join("\n")),
  );

describe("in the kernel's tables", () => {
  test("the other end has its user", () => {
    expect(owner([ours, row(CLIENT, SERVER, "01", 1001, 8)])).toBe(1001);
    expect(owner([row(CLIENT, SERVER, "01", 0, 8), ours])).toBe(0);
  });

  test("also one that speaks IPv6 to an IPv4 address", () => {
    expect(owner([ours], [row(MAPPED + CLIENT, MAPPED + SERVER, "01", 1001, 8)])).toBe(1001);
  });

  test("who has left is nobody, and not root, whose number such a socket has", () => {
    expect(owner([ours, row(CLIENT, SERVER, "05", 0, 0)])).toBeUndefined();
    expect(owner([ours])).toBeUndefined();
  });

  test("another connection of the same port is another one", () => {
    const elsewhere = row(CLIENT, "0100007F:1F91", "01", 1000, 8);
    expect(owner([ours, elsewhere])).toBeUndefined();
    expect(owner([ours, elsewhere, row(CLIENT, SERVER, "01", 1002, 9)])).toBe(1002);
  });

  test("a sandbox that shows no connections at all tells nothing", () => {
    expect(owner([])).toBe("untold");
    expect(owner([], [])).toBe("untold");
  });
});

describe.runIf(process.platform === "linux")("of this machine", () => {
  /** The server's end of a connection from here. */
  async function connection(host: string): Promise<Socket> {
    const server = createServer().listen(0, host);
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const client = connect(port, host);
    const [socket] = (await once(server, "connection")) as [Socket];
    onTestFinished(() => {
      client.destroy();
      socket.destroy();
      server.close();
    });
    return socket;
  }

  test.each(["127.0.0.1", "127.0.0.2", "::1"])(
    "one's own connection to %s is known",
    async (host) => {
      expect(await isStranger(await connection(host))).toBe(false);
    },
  );

  test("another user's is told from it", async () => {
    const socket = await connection("127.0.0.1");
    const uid = process.geteuid?.() ?? 0;
    using _ = vi.spyOn(process, "geteuid").mockReturnValue(uid + 4711);
    // Root is let in wherever it asks from.
    expect(await isStranger(socket)).toBe(uid !== 0);
  });

  test("who sends something and leaves at once is one, too", async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect((server.address() as { port: number }).port, "127.0.0.1");
    const [socket] = (await once(server, "connection")) as [Socket];
    onTestFinished(() => {
      socket.destroy();
      server.close();
    });
    client.end();
    client.destroy();
    socket.resume();
    await once(socket, "end");
    expect(await isStranger(socket)).toBe(true);
    // The routes hear the same, but for those that are for anyone.
    const status = async (access: "anyone" | "chat" | undefined) => {
      const app = new Hono();
      const route = { method: "get", path: "/x", access } as unknown as Route;
      for (const layer of layersOf(route, [], false, true)) app.use(layer);
      app.get("/x", (c) => c.text(whoAsksIfAny()?.id ?? "nobody"));
      app.onError((thrown, c) => c.text("", CharlaError.from(thrown).status as 403));
      const answer = await app.request("/x", {}, { incoming: { socket } });
      return [answer.status, await answer.text()];
    };
    expect(await status("anyone")).toEqual([200, "nobody"]);
    expect(await status("chat")).toEqual([403, ""]);
    expect(await status(undefined)).toEqual([403, ""]);
  });

  test("one of another machine is none of it", async () => {
    const far = { ...ends, remoteAddress: "192.168.1.7" };
    expect(await isStranger(far)).toBe(false);
  });

  test("a system's account does not know whom it serves", () => {
    for (const uid of [0, 33, 999]) {
      using _ = vi.spyOn(process, "geteuid").mockReturnValue(uid);
      expect(tellsUsers()).toBe(false);
    }
  });
});
