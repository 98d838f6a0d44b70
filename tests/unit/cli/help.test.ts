/** The help and the doctor in terminals of any width, in the reader's language. */
import { describe, expect, it } from "vitest";
import { CLI, charla, ended, temporary, terminal } from "../../fixtures/charla.ts";

const narrow = async (args: string, env: NodeJS.ProcessEnv = {}) => {
  const command = `sh -c 'stty cols 40; exec ${process.execPath} ${CLI} ${args}'`;
  const home = { CHARLA_HOME: temporary(), HF_HUB_OFFLINE: "1" };
  const { stdout } = await ended(terminal(command, { ...home, ...env }));
  return stdout.split(/[\r\n]+/);
};

describe("in 40 columns", () => {
  it.each(["--help", "chat --help", "doctor"])("charla %s breaks between words", async (args) => {
    const lines = await narrow(args, { LANG: "es_ES.UTF-8", CHARLA_HOME: "/nowhere" });
    expect(lines.length).toBeGreaterThan(10);
    // What is there to be copied stays whole.
    const broken = lines.filter((line) => !/^(Uso:| {2}\$ )/.test(line));
    expect(broken.filter((line) => line.length > 40)).toEqual([]);
  });
});

describe("charla --help", () => {
  it("begins with the chat and groups the rest by what it is for", async () => {
    const { stdout } = await charla(["--help"], { env: { CHARLA_HOME: temporary() } });
    const headings = [...stdout.matchAll(/^(\w[^\n]*):$/gm)].map(([, heading]) => heading);
    expect(headings.slice(0, 2)).toEqual(["Options", "Chat"]);
    expect(headings).toContain("This installation");
    const at = (name: string) => stdout.indexOf(`\n  ${name} `);
    expect(at("serve")).toBeGreaterThan(0);
    expect(at("rotate-master-key")).toBeGreaterThan(at("chat"));
    expect(stdout).not.toContain("Commands:");
  });

  it("has no English in Spanish, and a hint at the help of the command", async () => {
    const env = { CHARLA_HOME: temporary(), LANG: "es_ES.UTF-8" };
    const { stdout } = await charla(["serve", "--help"], { env });
    expect(stdout).toContain("Uso: charla serve [opciones]");
    expect(stdout).not.toMatch(/\[options\]|default|preset|env:/);
    expect((await charla(["backup"], { env })).stderr).toContain("charla backup --help");
  });
});
