/** Nobody but a replica can say where a request has come from, and no header of a connection goes on. */
import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HEADER, Heads, nameByChance, PROTOCOL } from "../../../src/replicas/head.ts";
import { asObject, pairsOf, passOn } from "../../../src/replicas/headers.ts";

const HEAD = { method: "POST", path: "/api/chat?a=1", host: "chat.example", address: "192.0.2.1" };
const key = randomBytes(32);
const term = nameByChance();

describe("what a replica tells of a request", () => {
  it("is believed once, for that request and that leader", () => {
    const [there, here] = [new Heads(key), new Heads(key)];
    const told = there.write(term, HEAD);
    expect(here.read(told, nameByChance(), HEAD)).toBe(undefined);
    for (const [name, other] of [
      ["method", "GET"],
      ["path", "/api/chat"],
      ["host", "other.example"],
    ] as const) {
      expect(here.read(told, term, { ...HEAD, [name]: other })).toBe(undefined);
    }
    expect(here.read(told.replace("192.0.2.1", "192.0.2.2"), term, HEAD)).toBe(undefined);
    expect(here.read(told, term, HEAD)).toBe("192.0.2.1");
    expect(here.read(told, term, HEAD)).toBe(undefined);
  });

  it("is not believed of who has another key", () => {
    expect(new Heads(key).read(new Heads(randomBytes(32)).write(term, HEAD), term, HEAD)).toBe(
      undefined,
    );
  });

  it("may arrive in any order, and never twice", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(64).keys()], { minLength: 1 }), (order) => {
        const [there, here] = [new Heads(key), new Heads(key)];
        const all = [...Array(64).keys()].map(() => there.write(term, HEAD));
        for (const at of [...order, ...order].map(
          (one, at) => [one, at >= order.length] as const,
        )) {
          const told = here.read(all[at[0]] ?? "", term, HEAD);
          expect(told).toBe(at[1] ? undefined : "192.0.2.1");
        }
      }),
    );
  });

  /** As one writes it that has counted up to here. */
  const numbered = (sender: string, number: number) => {
    const said = [term, sender, String(number), HEAD.address];
    const what = JSON.stringify([PROTOCOL, ...said, HEAD.method, HEAD.path, HEAD.host]);
    return [...said, createHmac("sha256", key).update(what).digest("base64url")].join(" ");
  };

  it("may be the trillionth of its sender, and the first that comes here", () => {
    const [here, sender] = [new Heads(key), nameByChance()];
    const read = (number: number) => here.read(numbered(sender, number), term, HEAD);
    // Counted one by one from 0, this would not end.
    expect(read(1e12)).toBe("192.0.2.1");
    expect(read(1e12)).toBe(undefined);
    expect(read(1e12 - 8191)).toBe("192.0.2.1");
    expect(read(1e12 - 8191)).toBe(undefined);
    expect(read(1e12 - 8192)).toBe(undefined);
    expect(read(1)).toBe(undefined);
    expect(read(2e12)).toBe("192.0.2.1");
    expect(read(1e12)).toBe(undefined);
  });

  it("is believed once, however far its sender's numbers leap", () => {
    const step = fc.oneof(
      fc.integer({ min: -20, max: 20 }),
      fc.integer({ min: -8200, max: 8200 }),
      fc.constantFrom(8191, 8192, 8193, -8191, -8192, -8193, 20_000),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [here, sender] = [new Heads(key), nameByChance()];
        const came = new Set<number>();
        let [top, at] = [0, 1];
        for (const one of steps) {
          at = Math.max(1, at + one);
          const good = at > top - 8192 && !came.has(at);
          const told = here.read(numbered(sender, at), term, HEAD);
          expect(told).toBe(good ? "192.0.2.1" : undefined);
          if (good) came.add(at);
          top = Math.max(top, at);
        }
      }),
    );
  });

  it("is not believed whatever else it is", () => {
    const told = new Heads(key).write(term, HEAD);
    fc.assert(
      fc.property(
        fc.nat(told.length - 1),
        fc.string({ minLength: 1, maxLength: 1 }),
        (at, other) => {
          fc.pre(other !== told[at]);
          const wrong = told.slice(0, at) + other + told.slice(at + 1);
          expect(new Heads(key).read(wrong, term, HEAD)).toBe(undefined);
        },
      ),
    );
  });
});

/** Names that a header may have. Source: RFC 9110, "Tokens". */
const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const OF_CONNECTION = ["Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade"];

describe("headers", () => {
  it("all go on in their order, but those of the connection; a client names no others", () => {
    const pair = fc.tuple(name, value);
    const hidden = fc.tuple(fc.constantFrom(...OF_CONNECTION, HEADER), value);
    fc.assert(
      fc.property(fc.array(pair), fc.array(hidden), fc.array(name), (own, hop, listed) => {
        const names = [...listed, ...own.map(([one]) => one)].join(", ");
        const all = [...hop, ["Connection", names] as const, ...own];
        const gone = new Set(
          [...OF_CONNECTION, HEADER, "proxy-connection", "expect", "http2-settings"].map((one) =>
            one.toLowerCase(),
          ),
        );
        const passed = pairsOf(passOn(all.flat()));
        expect(passed).toEqual(own.filter(([one]) => !gone.has(one.toLowerCase())));
      }),
    );
  });

  it("keep every value as HTTP/2 has them", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
        const made = asObject(pairs.flat());
        for (const [one] of pairs) {
          const values = pairs.filter(([each]) => each.toLowerCase() === one.toLowerCase());
          expect([made[one.toLowerCase()]].flat()).toEqual(values.map(([, said]) => said));
        }
      }),
    );
  });
});
