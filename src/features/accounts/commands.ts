/**
 * `charla account`: for whoever has the machine and its data folder, while no server runs on it. A
 * way back in for administrators who have locked themselves out.
 */
import type { Command } from "commander";
import type { RecordAct } from "../../core/audit.ts";
import { CharlaError, fill } from "../../core/errors.ts";
import type { Language } from "../../locales/index.ts";
import { makeReset, makeSetUp } from "./links.ts";
import { messages, setUpText } from "./messages.ts";
import { listPeople } from "./people.ts";
import type { AnyDatabase } from "./tables.ts";

export interface CommandOptions {
  withDatabase<Result>(
    work: (db: AnyDatabase, tools: { readonly record: RecordAct }) => Promise<Result>,
  ): Promise<Result>;
  readonly publicUrl: string | undefined;
  readonly language: Language;
}

/** Where a server of this machine listens unless it is told otherwise. */
const USUAL = "http://localhost:8080";

export function accountCommand(program: Command, options: CommandOptions): void {
  const { withDatabase, language, publicUrl } = options;
  const text = messages[language];
  const origin = publicUrl ?? USUAL;
  const account = program.command("account").description(text.about);
  account
    .command("set-up")
    .description(text.setUpCommand)
    .action(() =>
      withDatabase(async (db) => {
        console.log(setUpText(origin, await makeSetUp(db, "command"), language));
        console.log(text.start);
      }),
    );
  account
    .command("reset")
    .description(text.reset)
    .argument("<email>")
    .option("--factors", text.factors)
    .action((email: string, { factors = false }: { factors?: boolean }) =>
      withDatabase(async (db, { record }) => {
        const people = await listPeople(db);
        const person = people.find((one) => one.email === email.toLowerCase());
        if (!person) throw unknownEmail(email);
        const act = { actor: "system", act: "person.reset_link_made", subject: person.id };
        await record({ ...act, details: { factors } });
        const { token } = await makeReset(db, "system", person.id, factors);
        const link = `${origin}/account/reset#${token}`;
        console.log(fill(text.resetLink, { email: person.email, link }));
        console.log(text.start);
      }),
    );
  account
    .command("people")
    .description(text.people)
    .option("--json", "JSON")
    .action(({ json }: { json?: boolean }) =>
      withDatabase(async (db) => {
        const people = await listPeople(db);
        if (json) return console.log(JSON.stringify(people, null, 2));
        if (people.length === 0) return console.log(text.nobody);
        for (const { email, name, role, active } of people) {
          console.log(`${email}  ${name}  ${role}${active ? "" : `  (${text.off})`}`);
        }
      }),
    );
}

function unknownEmail(email: string): CharlaError {
  return new CharlaError("email_unknown", {
    status: 404,
    message: "Nobody here has the address {email}.",
    hint: "See all people with: charla account people",
    params: { email },
  });
}
