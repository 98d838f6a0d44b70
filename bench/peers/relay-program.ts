/**
 * The bare relay: passes every request on to the address that it is given, and the bytes of the
 * answer back. It reads nothing, keeps nothing and limits nobody: what is left is the cost of Node's
 * HTTP on this machine, which no gateway in Node can go below. Prints its address.
 */
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

const base = new URL(process.argv[2] as string);
const agent = new Agent({ keepAlive: true });

const server = createServer((incoming, outgoing) => {
  const { method, headers, url = "" } = incoming;
  const asked = request(new URL(url, base), { method, headers, agent }, (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(outgoing);
  });
  asked.on("error", () => outgoing.destroy());
  outgoing.on("close", () => asked.destroy());
  incoming.pipe(asked);
});
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.stdin.on("end", () => process.exit()).resume();
