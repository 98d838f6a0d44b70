/** The address behind proxies: what a stranger writes into a header changes nothing. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { listOf, within } from "../../../src/net/addresses.ts";
import { clientAddress } from "../../../src/net/client.ts";

const proxies = listOf(["10.0.0.0/8", "127.0.0.1"]);
const nobody = listOf([]);

test.each([
  // Not declared: the header is not read.
  ["198.51.100.1", "1.2.3.4", "198.51.100.1"],
  ["192.168.0.9", "1.2.3.4", "192.168.0.9"],
  // Declared: the right end is the proxy's own word.
  ["10.0.0.1", "1.2.3.4", "1.2.3.4"],
  ["::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"],
  ["10.0.0.1", "9.9.9.9, 1.2.3.4", "1.2.3.4"],
  ["10.0.0.1", "9.9.9.9, 1.2.3.4, 10.0.0.2", "1.2.3.4"],
  ["10.0.0.1", "1.2.3.4:5678", "1.2.3.4"],
  ["10.0.0.1", "[2001:db8::7]:5678", "2001:db8::7"],
  ["10.0.0.1", "2001:DB8:0::7", "2001:db8::7"],
  ["10.0.0.1", null, "10.0.0.1"],
  ["10.0.0.1", "", "10.0.0.1"],
  ["10.0.0.1", "unknown", "10.0.0.1"],
  ["10.0.0.1", "1.2.3.4, _hidden", "10.0.0.1"],
  ["10.0.0.1", "1.2.3.4, ", "10.0.0.1"],
  ["10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
  [undefined, "1.2.3.4", "unknown"],
])("a socket of %s that forwards %j stands for %s", (socket, forwarded, client) => {
  expect(clientAddress(socket, forwarded, proxies)).toBe(client);
});

test("without declared proxies no header has any say", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.string(), (socket, header) => {
      expect(clientAddress(socket, header, nobody)).toBe(socket);
    }),
  );
});

test("what a client writes in front never changes whom the proxy names", () => {
  const stranger = fc.ipV4().filter((address) => !within(proxies, address));
  fc.assert(
    fc.property(stranger, fc.string(), fc.nat({ max: 3 }), (client, forged, inner) => {
      const behind = Array.from({ length: inner }, (_, n) => `10.1.0.${n}`);
      const header = [forged, client, ...behind].join(", ");
      expect(clientAddress("10.0.0.1", header, proxies)).toBe(client);
    }),
  );
});
