/**
 * Nothing leaves the machine: the whole product runs in a network namespace of its own, somebody
 * chats on its page with the model that the tests have, and what the kernel counts there is that
 * not one packet was tried beyond the loopback.
 */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Report } from "./egress-world.ts";

const WORLD = fileURLToPath(new URL("./egress-world.ts", import.meta.url));

test.runIf(process.platform === "linux")(
  "no packet is tried beyond this machine",
  async () => {
    // As root a namespace is for the asking; other users are root in one of their own.
    const apart = process.geteuid?.() === 0 ? ["--net"] : ["--net", "--map-root-user"];
    const child = spawn("/usr/bin/unshare", [...apart, process.execPath, WORLD]);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(stdout, stderr).toMatch(/^\{.*\}\n$/);
    const { card, before, after, control, answer, outside } = JSON.parse(stdout) as Report;
    expect(answer).not.toBe("");
    expect(outside).toEqual([]);
    expect(after, `by way of: ${card}`).toEqual(before);
    // What is sent on purpose is counted, so that nothing could have been missed.
    const seen = card === "none" ? control.refused : control.packets + control.datagrams;
    expect(seen).toBeGreaterThanOrEqual(2);
  },
  300_000,
);
