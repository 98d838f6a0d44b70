/** Every spelling of an address that attackers have used, and that it changes nothing. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { listOf, networkOf, plainAddress, reachOf, within } from "../../../src/net/addresses.ts";

describe("the kind of place", () => {
  test.each([
    ["93.184.216.34", "public"],
    ["1.1.1.1", "public"],
    ["172.15.255.255", "public"],
    ["172.32.0.0", "public"],
    ["2606:4700::1111", "public"],
    ["64:ff9b::101:101", "public"], // a gateway to 1.1.1.1
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:7f00:1", "loopback"],
    ["64:ff9b::7f00:1", "loopback"],
    ["10.0.0.1", "private"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.168.1.1", "private"],
    ["100.64.0.1", "private"],
    ["fd12:3456::1", "private"],
    ["fec0::1", "private"],
    ["64:ff9b::a00:1", "private"],
    ["64:ff9b:1::a00:1", "private"],
    ["::ffff:a00:1", "private"],
    ["0.0.0.0", "never"],
    ["::", "never"],
    ["169.254.169.254", "never"],
    ["::ffff:a9fe:a9fe", "never"],
    ["64:ff9b::a9fe:a9fe", "never"],
    ["::a9fe:a9fe", "never"], // IPv4 inside IPv6 of old
    ["2002:a9fe:a9fe::1", "never"], // 6to4
    ["2001:0:4136:e378::1", "never"], // Teredo
    ["fe80::1", "never"],
    ["fe80::1%eth0", "never"],
    ["fd00:ec2::254", "never"],
    ["168.63.129.16", "never"],
    ["100.100.100.200", "never"],
    ["224.0.0.1", "never"],
    ["255.255.255.255", "never"],
    ["ff02::1", "never"],
    ["2001:db8::1", "never"],
    ["4000::1", "never"],
    ["", "never"],
    ["localhost", "never"],
    ["0x7f.1", "never"],
    ["127.1", "never"],
  ])("%s is %s", (address, reach) => {
    expect(reachOf(address)).toBe(reach);
  });

  test("is the same however IPv6 is written, and whether IPv4 stands inside it", () => {
    const v4 = fc.ipV4();
    fc.assert(
      fc.property(v4, (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const hex = [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16)).join(":");
        expect(reachOf(`::ffff:${address}`)).toBe(reachOf(address));
        expect(reachOf(`0:0:0:0:0:FFFF:${hex}`)).toBe(reachOf(address));
        expect(reachOf(`64:ff9b::${hex}`)).toBe(reachOf(address));
        expect(plainAddress(`::ffff:${hex}`)).toBe(address);
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const plain = plainAddress(address);
        expect(plain && plainAddress(plain)).toBe(plain);
        expect(reachOf(address)).toBe(reachOf(plain ?? ""));
        expect(reachOf(address.toUpperCase())).toBe(reachOf(address));
      }),
    );
  });

  test("is never public below 2000:: and from 4000:: on, whatever it looks like", () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const rest = fc.array(group, { minLength: 7, maxLength: 7 });
    const first = fc.integer({ min: 0, max: 0xffff }).filter((v) => v < 0x2000 || v >= 0x4000);
    fc.assert(
      fc.property(first, rest, (head, tail) => {
        const address = [head.toString(16), ...tail].join(":");
        const gateway = address.startsWith("64:ff9b:0:0:0:0:");
        if (!gateway) expect(reachOf(address)).not.toBe("public");
      }),
    );
  });
});

test("one client is an IPv4 address, or a /64", () => {
  expect(networkOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
  expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
  expect(networkOf("2001:db8:1:2::9")).toBe("2001:db8:1:2::/64");
  expect(networkOf("2001:db8:1:3::9")).not.toBe("2001:db8:1:2::/64");
  expect(networkOf("nothing")).toBe("unknown");
});

test("a list of networks takes what is one, and refuses the rest", () => {
  const list = listOf(["10.0.0.0/8", " 192.0.2.7", "fd00::/8"]);
  expect(within(list, "10.9.9.9")).toBe(true);
  expect(within(list, "::ffff:10.9.9.9")).toBe(true);
  expect(within(list, "192.0.2.7")).toBe(true);
  expect(within(list, "192.0.2.8")).toBe(false);
  expect(within(list, "fd12::1")).toBe(true);
  expect(within(list, "nonsense")).toBe(false);
  for (const wrong of [
    "10.0.0.0/33",
    "10.0.0/8",
    "::/129",
    "proxy",
    "",
    "10.0.0.0/8/8",
    "1.2.3.4/",
  ]) {
    expect(() => listOf([wrong]), wrong).toThrow(TypeError);
  }
});
