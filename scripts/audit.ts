/**
 * `npm run audit`: asks the registry for known weaknesses of what is installed. Ends with 1 when one
 * of what users get is high or critical, and with 2 when the registry did not say.
 */
import { spawnSync } from "node:child_process";

export interface Answer {
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly severity: string; readonly range: string }>
  >;
  readonly message?: string;
}

export interface Verdict {
  readonly code: 0 | 1 | 2;
  readonly lines: readonly string[];
}

/** @param output what `npm audit --json` printed */
export function judge(output: string): Verdict {
  let answer: Answer;
  try {
    answer = JSON.parse(output);
  } catch {
    answer = {};
  }
  const counts = answer.metadata?.vulnerabilities;
  if (!counts) {
    const why = answer.message ?? "no answer that could be read";
    return {
      code: 2,
      lines: [
        `The registry gave no advisories, so nothing was checked (${why}).`,
        "Run it where npm's public registry, or a mirror with its advisories, can be reached.",
      ],
    };
  }
  const grave = Object.entries(answer.vulnerabilities ?? {}).filter(([, { severity }]) =>
    ["high", "critical"].includes(severity),
  );
  return {
    code: grave.length > 0 ? 1 : 0,
    lines: [
      ...grave.map(([name, { severity, range }]) => `${severity}: ${name} ${range}`),
      `Known weaknesses: ${Object.entries(counts)
        .map(([name, count]) => `${count} ${name}`)
        .join(", ")}.`,
    ],
  };
}

if (import.meta.main) {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const options = { encoding: "utf8", shell: process.platform === "win32" } as const;
  const { stdout } = spawnSync(npm, ["audit", "--json", "--omit=dev"], options);
  const { code, lines } = judge(stdout ?? "");
  console.log(lines.join("\n"));
  process.exitCode = code;
}
