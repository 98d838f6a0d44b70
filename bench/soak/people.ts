/** People of the soak: an account with a session and a key each, made as an administrator does. */
const PASSWORD = "correct horse battery staple";
/** As many at once as nobody takes for guesses at a secret. */
const AT_ONCE = 4;

export interface Person {
  readonly number: number;
  readonly cookie: string;
  readonly key: string;
}

/** @param token of the set-up link that the server has printed */
export async function administrator(url: string, token: string): Promise<string> {
  const person = { token, name: "Admin", email: "admin@example.org", password: PASSWORD };
  return (await post(url, "/api/auth/set-up", person)).cookie;
}

export async function people(url: string, admin: string, count: number): Promise<Person[]> {
  const made: Person[] = [];
  const numbers = Array.from({ length: count }, (_, number) => number).values();
  const work = async () => {
    for (const number of numbers) made.push(await join(url, admin, number));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return made;
}

async function join(url: string, admin: string, number: number): Promise<Person> {
  const invitation = { email: `person-${number}@example.org`, role: "member" };
  const { body } = await post(url, "/api/auth/invitations", invitation, admin);
  const token = String(body.link).split("#")[1];
  const name = `Person ${number}`;
  const accepted = { token, name, password: PASSWORD };
  const { cookie } = await post(url, "/api/auth/invitations/accept", accepted);
  const made = await post(
    url,
    "/api/auth/keys",
    { name: "soak", scopes: ["chat"], days: 1 },
    cookie,
  );
  return { number, cookie, key: String(made.body.secret) };
}

async function post(url: string, path: string, body: object, cookie = "") {
  const headers = { origin: url, ...(cookie && { cookie }) };
  const reply = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  const said: Record<string, unknown> = JSON.parse(await reply.text());
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${JSON.stringify(said)}`);
  const cookies = reply.headers.getSetCookie().map((one) => one.split(";")[0]);
  return { body: said, cookie: cookies.join("; ") };
}
