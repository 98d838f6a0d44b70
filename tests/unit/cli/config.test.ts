import { homedir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { readConfig, unknownVariables, variable } from "../../../src/config.ts";
import { CharlaError } from "../../../src/core/errors.ts";

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (thrown) {
    return CharlaError.from(thrown).code;
  }
  return "none";
}

it("needs no setting at all", () => {
  const config = readConfig({}, { HOME: "/home/ana" });
  expect(config).toMatchObject({ host: "127.0.0.1", engine: "llama", model: undefined });
  expect(config.port).toBeUndefined();
  expect(Object.isFrozen(config)).toBe(true);
});

it("takes a flag before its variable, and an empty variable as none", () => {
  const env = { HOME: "/h", CHARLA_PORT: "3000", CHARLA_MODEL: "" };
  expect(readConfig({}, env)).toMatchObject({ port: 3000, model: undefined });
  expect(readConfig({ port: "4000" }, env).port).toBe(4000);
});

it.runIf(process.platform === "linux")("keeps data where the system does", () => {
  expect(readConfig({}, { HOME: "/h" }).home).toBe("/h/.local/share/charla");
  expect(readConfig({}, { HOME: "/h", XDG_DATA_HOME: "/data" }).home).toBe("/data/charla");
  expect(readConfig({}, { HOME: "/h", XDG_DATA_HOME: "data" }).home).toBe("/h/.local/share/charla");
  expect(readConfig({}, { HOME: "/h", CHARLA_HOME: "/c" }).home).toBe("/c");
  // Without HOME the system's list of users says where it is.
  expect(readConfig({}, {}).home).toBe(join(homedir(), ".local/share/charla"));
});

it("asks another server as soon as it has an address", () => {
  const env = {
    HOME: "/h",
    CHARLA_REMOTE_URL: "http://127.0.0.1:11434/v1",
    CHARLA_REMOTE_KEY: "k",
  };
  expect(readConfig({}, env)).toMatchObject({
    engine: "remote",
    remote: { url: "http://127.0.0.1:11434/v1", key: "k" },
  });
  expect(codeOf(() => readConfig({}, { HOME: "/h", CHARLA_ENGINE: "remote" }))).toBe(
    "remote_url_missing",
  );
});

it("serves other machines only with accounts and behind TLS", () => {
  const read = (flags: object) => readConfig(flags, { HOME: "/h" });
  const publicUrl = "https://chat.example.org";
  for (const host of ["0.0.0.0", "::", "192.168.1.4", "example.com", "127.0.0.2", "[::1]"]) {
    expect(codeOf(() => read({ host }))).toBe("public_url_missing");
    expect(codeOf(() => read({ host, accounts: "on" }))).toBe("public_url_missing");
    expect(codeOf(() => read({ host, accounts: "off", publicUrl }))).toBe("accounts_needed");
    expect(read({ host, publicUrl })).toMatchObject({ host, accounts: true, publicUrl });
  }
  for (const host of ["127.0.0.1", "localhost", "::1"]) {
    expect(read({ host })).toMatchObject({ host, accounts: false });
    expect(read({ host, accounts: "on" })).toMatchObject({ host, accounts: true });
    // A proxy on this machine makes it reachable as well.
    expect(read({ host, publicUrl }).accounts).toBe(true);
    expect(codeOf(() => read({ host, publicUrl, accounts: "off" }))).toBe("accounts_needed");
  }
});

it("takes the public address as an https origin and as nothing else", () => {
  const read = (publicUrl: string) => readConfig({ publicUrl }, { HOME: "/h" }).publicUrl;
  expect(read("https://Chat.Example.org/")).toBe("https://chat.example.org");
  expect(read("https://chat.example.org:8443")).toBe("https://chat.example.org:8443");
  const wrong = ["http://chat.example.org", "https://chat.example.org/a", "chat.example.org"];
  for (const url of [...wrong, "https://a@chat.example.org", "https://chat.example.org/?a=b"]) {
    expect(codeOf(() => read(url))).toBe("invalid_setting");
  }
});

it("names the flag or the variable that is wrong, and what it takes", () => {
  const wrong = { port: "65536", threads: "0", context: "x", temperature: "3", seed: "-1" };
  for (const [name, value] of Object.entries(wrong)) {
    expect(codeOf(() => readConfig({ [name]: value }, { HOME: "/h" }))).toBe("invalid_setting");
    expect(() => readConfig({ [name]: value }, { HOME: "/h" })).toThrow(`--${name}`);
    expect(() => readConfig({}, { HOME: "/h", [variable(name)]: value })).toThrow(variable(name));
  }
});

it("throws nothing but the one class of error, whatever the settings hold", () => {
  const names = ["PORT", "HOST", "THREADS", "CONTEXT", "ENGINE", "REMOTE_URL", "TOP_P", "SEED"];
  const env = fc.dictionary(fc.constantFrom(...names.map((name) => `CHARLA_${name}`)), fc.string());
  fc.assert(
    fc.property(env, (some) => {
      try {
        readConfig({}, { HOME: "/h", ...some });
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(CharlaError);
      }
    }),
  );
});

it("notices a misspelt variable", () => {
  expect(unknownVariables({ CHARLA_PROT: "1", CHARLA_PORT: "1", PORT: "1" })).toEqual([
    "CHARLA_PROT",
  ]);
});
