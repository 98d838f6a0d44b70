/**
 * Accounts: who people are, how they come in, and who may do what. Without them (Solo) everything
 * belongs to the one who sits at this machine, and only `GET /api/account/state` says so.
 *
 * What is heavy (better-auth, WebAuthn, the list of passwords) is loaded when the server starts with
 * accounts, and not otherwise.
 */
import { type House, type Opened, openable } from "../../core/feature.ts";
import { route } from "../../core/route.ts";
import { type State, state } from "./api.ts";
import type { DeskOptions } from "./desk.ts";
import { layer } from "./layer.ts";
import { Leaving } from "./leaving.ts";
import { isSetUpPrinted, makeSetUp, sweep } from "./links.ts";
import { setUpText } from "./messages.ts";
import { hasAdministrator } from "./people.ts";
import { type AccountsPolicy, accountsPolicy } from "./policy.ts";
import { endRestored } from "./restored.ts";
import { rightsOf } from "./rights.ts";
import type { Rooms } from "./rooms.ts";
import { doorRoutes } from "./routes-door.ts";
import { factorRoutes } from "./routes-factors.ts";
import { ownRoutes } from "./routes-own.ts";
import { peopleRoutes } from "./routes-people.ts";
import { type AnyDatabase, migrations } from "./tables.ts";

/** How often what has expired is removed, in milliseconds. */
const SWEEP_MS = 3_600_000;

export const accounts = openable({
  name: "accounts",
  policy: { section: "accounts", schema: accountsPolicy },
  migrations,
  open: (house) => (house.settings.accounts ? openShared(house) : openSolo(house)),
});

function openSolo({ db, others }: House): Opened {
  return {
    facts: { people: false },
    routes: [soloState],
    rights: rightsOf(db),
    afterRestore: () => endRestored(db, others.record),
  };
}

function openShared(house: House<AccountsPolicy>): Opened {
  const { db, policy, vault, others, settings, language, log } = house;
  const { record, attempt } = others;
  const origin = house.listening.then((url) => settings.publicUrl ?? named(url));
  const leaving = new Leaving();
  const desk = { db, policy, origin, vault, record, attempt, leaving, log };
  const { oidcSecret } = settings;
  const claim = async (from: string, to: string) => {
    for (const rights of others.rights()) await rights.giveTo?.(from, to);
  };
  const open = lazily(() => openRooms({ ...desk, oidcSecret, claim }));
  const door = {
    ...{ db, log },
    session: async (request: Request) => {
      const { desk, visit } = await open();
      return visit.findSession(desk, request);
    },
  };
  return {
    facts: { people: true },
    steps: [leaving.step],
    rights: rightsOf(db, (person) => leaving.end(person)),
    layers: (route) => [layer(route, door)],
    routes: [doorRoutes, factorRoutes, ownRoutes, peopleRoutes].flatMap((of) => of(open)),
    async start() {
      // Nobody's first sign-in has to wait for it.
      await load();
      const setUp = await newSetUp(db);
      // It is known where when the server listens, which it does after this.
      if (setUp) void origin.then((place) => house.tell(setUpText(place, setUp, language)));
    },
    every: [{ ms: SWEEP_MS, failed: "expired sessions stay", run: () => sweep(db) }],
    afterRestore: () => endRestored(db, record),
  };
}

/** Made when the first one asks; what fails is tried again by the next. */
function lazily<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => {
    made ??= make().catch((thrown) => {
      made = undefined;
      throw thrown;
    });
    return made;
  };
}

const load = () =>
  Promise.all([
    import("./desk.ts"),
    import("./sign-in.ts"),
    import("./oidc.ts"),
    import("./own.ts"),
    import("./passkeys.ts"),
    import("./visit.ts"),
  ]);

async function openRooms(options: DeskOptions): Promise<Rooms> {
  const [{ openDesk }, signIn, oidc, own, passkeys, visit] = await load();
  return { desk: await openDesk(options), signIn, oidc, own, passkeys, visit };
}

/** WebAuthn and better-auth know this machine by its name, not by its address. */
function named(url: string): string {
  const address = new URL(url);
  return `${address.protocol}//localhost:${address.port}`;
}

/** As long as nobody is there, each start prints a new token, and the one before is worth nothing. */
async function newSetUp(db: AnyDatabase): Promise<string | undefined> {
  if ((await hasAdministrator(db)) || (await isSetUpPrinted(db))) return undefined;
  return makeSetUp(db, "start");
}

const soloState = route({
  method: "get",
  path: "/api/account/state",
  access: "anyone",
  summary: "Says who is signed in, and how one can sign in.",
  reply: state,
  handle: (): State => ({
    ...{ mode: "solo", person: null, setUpNeeded: false, passwordMinLength: 0 },
    methods: { password: false, passkey: false, oidc: null },
  }),
});
