/**
 * A world in which everything that leaves this machine is counted, and the whole product in it: the
 * server as a process of its own, its model process, the page in a Chromium. Run by
 * `egress.test.ts` in a network namespace; prints what was counted as JSON.
 *
 * Where the kernel has a virtual network card, the default route leads there: the programs believe
 * that they are online, and each packet that they try is counted on the card. Without one there is
 * no route, and the kernel counts what it had to refuse.
 */
import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Reserved for documentation by RFC 5737 and RFC 3849, so nobody's. */
const HERE = "192.0.2.1";
const HERE_SIX = "2001:db8::1";
const ELSEWHERE = "198.51.100.7";

export interface Counts {
  /** Packets on all cards but the loopback. */
  readonly packets: number;
  /** What had no route, IPv4 and IPv6. */
  readonly refused: number;
  /** Datagrams to anywhere: a resolver of names may be on this machine. */
  readonly datagrams: number;
}

export interface Report {
  /** "dummy" or "veth"; "none" where there is no route at all. */
  readonly card: string;
  readonly before: Counts;
  readonly after: Counts;
  /** When something was sent on purpose: the counters do count. */
  readonly control: Counts;
  readonly answer: string;
  /** What the page asked for outside of the server. */
  readonly outside: readonly string[];
}

const IP = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"].find((path) => existsSync(path)) ?? "none";
const ip = (...args: string[]) => spawnSync(IP, args).status === 0;

/** Loopback, and a way out that leads nowhere. */
function build(): string {
  if (!ip("link", "set", "lo", "up")) throw new Error("the loopback cannot be brought up");
  const cards = [["dummy"], ["veth", "peer", "name", "out1"]];
  const card = cards.find((type) => ip("link", "add", "out0", "type", ...type));
  if (!card) {
    // Without a route a browser's look for IPv6 would be counted, though it sends nothing.
    writeFileSync("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
    return "none";
  }
  for (const name of ["out0", "out1"]) {
    // Else the cards speak by themselves, about neighbours, routers and their addresses.
    ip("link", "set", name, "addrgenmode", "none");
    ip("link", "set", name, "arp", "off", "multicast", "off", "up");
  }
  ip("address", "add", `${HERE}/24`, "dev", "out0");
  ip("-6", "address", "add", `${HERE_SIX}/64`, "dev", "out0", "nodad");
  for (const family of ["-4", "-6"]) {
    if (!ip(family, "route", "add", "default", "dev", "out0")) throw new Error("no default route");
  }
  return card[0] as string;
}

function counts(): Counts {
  const cards = readFileSync("/proc/net/dev", "utf8").split("\n").slice(2);
  const sent = cards
    .map((line) => line.trim().split(/[\s:]+/))
    .filter(([name = ""]) => name !== "" && name !== "lo")
    // The tenth column is of packets that were sent.
    .map((columns) => Number(columns[10]));
  const six = /^Ip6OutNoRoutes\s+(\d+)/m.exec(readFileSync("/proc/net/snmp6", "utf8"));
  return {
    packets: sent.reduce((sum, one) => sum + one, 0),
    refused: counter("Ip", "OutNoRoutes") + Number(six?.[1] ?? 0),
    datagrams: counter("Udp", "OutDatagrams"),
  };
}

/** Two lines a protocol: names, then numbers. */
function counter(protocol: string, name: string): number {
  const lines = readFileSync("/proc/net/snmp", "utf8").split("\n");
  const [names, values] = lines.filter((line) => line.startsWith(`${protocol}:`));
  const at = names?.split(" ").indexOf(name) ?? -1;
  return Number(values?.split(" ")[at]);
}

async function tryProduct(): Promise<{ answer: string; outside: string[] }> {
  const home = mkdtempSync(join(tmpdir(), "charla-egress-"));
  const model = process.env.CHARLA_TEST_MODEL;
  const env = {
    ...{ PATH: process.env.PATH, HOME: home, CHARLA_HOME: home, CHARLA_PORT: "0" },
    // A small window keeps the answer short.
    ...(model ? { CHARLA_MODEL: model, CHARLA_CONTEXT: "512" } : { CHARLA_ENGINE: "scripted" }),
  };
  const server = spawn(process.execPath, [join(ROOT, "src", "cli.ts"), "serve"], { env });
  try {
    server.stderr.pipe(process.stderr);
    let printed = "";
    for await (const chunk of server.stdout) {
      printed += chunk;
      if (/http:\/\/\S+\n/.test(printed)) break;
    }
    const url = /http:\/\/\S+/.exec(printed)?.[0];
    if (!url) throw new Error(`the server did not start: ${printed}`);
    for (const path of ["/openapi.json", "/metrics", "/readyz", "/v1/models", "/api/models"]) {
      await (await fetch(url + path)).text();
    }
    return await chat(url);
  } finally {
    if (server.exitCode === null) {
      server.kill("SIGTERM");
      await once(server, "exit");
    }
    rmSync(home, { recursive: true, force: true });
  }
}

/** As a person would: asks, looks into the panels, comes back. */
async function chat(url: string): Promise<{ answer: string; outside: string[] }> {
  const browser = await chromium.launch({
    executablePath: process.env.CHARLA_CHROME ?? "/usr/bin/chromium",
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
      ...["--disable-component-update", "--disable-sync", "--disable-domain-reliability"],
      // A browser asks for services of its maker. It knows no name here; what the page asks for is
      // told by the browser before it looks for the name.
      ...["--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
    ],
  });
  try {
    const page = await browser.newPage({ locale: "en-GB" });
    page.setDefaultTimeout(120_000);
    const outside: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) outside.push(request.url());
    });
    await page.goto(url);
    const text = "Hello. ![x](https://evil.test/pixel.png) Say something short.";
    await page.getByPlaceholder(/Write your message/).fill(text);
    await page.getByPlaceholder(/Write your message/).press("Enter");
    await page.getByRole("button", { name: /^Send$/ }).waitFor();
    const answer = page.locator(".message.assistant .prose").first();
    await answer.waitFor();
    for (const name of ["Engine", "Settings of this chat"]) {
      if (name === "Engine") await page.locator(".foot-button").click();
      const role = name === "Engine" ? "menuitem" : "button";
      await page.getByRole(role, { name }).first().click();
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
    }
    await page.reload();
    await answer.waitFor();
    return { answer: (await answer.textContent()) ?? "", outside };
  } finally {
    await browser.close();
  }
}

/** A connection and a datagram to nobody. */
async function leave(): Promise<void> {
  const socket = connect({ host: ELSEWHERE, port: 80, timeout: 500 });
  await Promise.race([once(socket, "timeout"), once(socket, "close").catch(() => {})]).catch(
    () => {},
  );
  socket.destroy();
  const datagram = createSocket("udp4");
  await new Promise<void>((resolve) => datagram.send("x", 53, ELSEWHERE, () => resolve()));
  datagram.close();
}

const card = build();
const before = counts();
const used = await tryProduct();
const after = counts();
await leave();
const report: Report = { card, before, after, control: counts(), ...used };
console.log(JSON.stringify(report));
