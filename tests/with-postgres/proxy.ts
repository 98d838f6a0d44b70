/** A network to a PostgreSQL server that can be cut, fall silent, and come back. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface Proxy {
  /** The address of the database through this network. */
  readonly url: string;
  /** Ends all connections, and refuses new ones. */
  cut(): void;
  /** Nothing arrives any more, and nobody is told. */
  silence(): void;
  mend(): void;
}

export async function proxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: "whole" | "cut" | "silent" = "whole";
  const server = createServer((inner) => {
    if (state === "cut") return inner.destroy();
    const outer = connect(Number(port), hostname);
    const pair = [inner, outer] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [outer, inner]] as const) {
      from.on("error", () => {});
      from.on("close", () => {
        pairs.delete(pair);
        to.destroy();
      });
      from.on("data", (bytes) => state === "whole" && to.write(bytes));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const end = () => {
    for (const [inner, outer] of pairs) for (const socket of [inner, outer]) socket.destroy();
  };
  onTestFinished(() => {
    server.close();
    end();
  });
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut() {
      state = "cut";
      end();
    },
    silence() {
      state = "silent";
    },
    mend() {
      state = "whole";
    },
  };
}
