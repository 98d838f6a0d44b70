/** The page of an archive that people open first: what is in it, and what the law has it say. */
import { fill } from "../../core/errors.ts";
import type { Language } from "../../core/words.ts";
import type { RetentionPolicy } from "./policy.ts";
import { texts } from "./texts.ts";

export interface Listed {
  readonly path: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

export interface Subject {
  readonly person: string;
  readonly language: Language;
  readonly policy: RetentionPolicy;
  /** Address of the server that is sent every chat, if there is one. */
  readonly remote: string | undefined;
}

/** No script and nothing from outside, so that it can be opened anywhere. */
export function indexPage(subject: Subject, files: readonly Listed[], exportedAt: string): string {
  const { language, policy, person, remote } = subject;
  const text = texts[language];
  const number = new Intl.NumberFormat(language);
  const date = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
  const rows = files.map(
    ({ path, bytes }) =>
      `<tr><td><a href="${escaped(path)}">${escaped(path)}</a></td>` +
      `<td>${number.format(bytes)}</td></tr>`,
  );
  const unused = policy.unused_chat_days;
  const facts = [
    text.purpose,
    remote === undefined ? text.noRecipients : fill(text.recipient, { remote }),
    unused === 0 ? text.chatsStay : fill(text.chatsUnused, { days: number.format(unused) }),
    fill(text.audit, { months: policy.audit_months }),
    fill(text.backups, { days: policy.backup_days }),
    text.machine,
    text.rights,
  ];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text.title}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #8886; overflow-wrap: anywhere }
td:last-child, th:last-child { text-align: right }
</style>
</head>
<body>
<h1>${text.title}</h1>
<p>${escaped(fill(text.about, { person, date: date.format(new Date(exportedAt)) }))}</p>
<ul>
${facts.map((fact) => `<li>${escaped(fact)}</li>`).join("\n")}
</ul>
<h2>${text.files}</h2>
<table>
<thead><tr><th>${text.file}</th><th>${text.bytes}</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
