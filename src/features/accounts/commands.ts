/**
 * `charla account`: for whoever has the machine and its data folder, while no server runs on it. A
 * way back in for administrators who have locked themselves out.
 */
import type { Command } from "commander";
import { CharlaError, fill } from "../../core/errors.ts";
import type { Ground } from "../../core/feature.ts";
import { examples, group } from "../../terminal/help.ts";
import { messages, setUpText } from "./messages.ts";

/** Where a server of this machine listens unless it is told otherwise. */
const USUAL = "http://localhost:8080";

const rooms = () => Promise.all([import("./people.ts"), import("./links.ts")]);

export function accountCommand(program: Command, ground: Ground): void {
  const { atRest, language, settings } = ground;
  const text = messages[language];
  const origin = settings.publicUrl ?? USUAL;
  const account = program.command("account").helpGroup(group("people")).description(text.about);
  examples(account, ["charla account people", `charla account reset ${text.example}`]);
  account
    .command("set-up")
    .description(text.setUpCommand)
    .action(() =>
      atRest(async ({ db }) => {
        const [, { makeSetUp }] = await rooms();
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
      atRest(async ({ db, others }) => {
        const [{ listPeople }, { makeReset }] = await rooms();
        const people = await listPeople(db);
        const person = people.find((one) => one.email === email.toLowerCase());
        if (!person) throw unknownEmail(email);
        const act = { actor: "system", act: "person.reset_link_made", subject: person.id };
        await others.record({ ...act, details: { factors } });
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
      atRest(async ({ db }) => {
        const [{ listPeople }] = await rooms();
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
