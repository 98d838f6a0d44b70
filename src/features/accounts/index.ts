/**
 * Accounts: who people are, how they come in, and who may do what. Without them (Solo) everything
 * belongs to the one who sits at this machine, and only `GET /api/account/state` says so.
 *
 * What is heavy (better-auth, WebAuthn, the list of passwords) is loaded when the server starts with
 * accounts, and not otherwise.
 */
import type { RecordAct } from "../../core/audit.ts";
import type { Feature } from "../../core/feature.ts";
import { route } from "../../core/route.ts";
import type { Vault } from "../../core/vault.ts";
import type { Language } from "../../locales/index.ts";
import { type State, state } from "./api.ts";
import { accountCommand, type CommandOptions } from "./commands.ts";
import type { Attempt, DeskOptions } from "./desk.ts";
import { layer } from "./layer.ts";
import { Leaving } from "./leaving.ts";
import { isSetUpPrinted, makeSetUp, sweep } from "./links.ts";
import { setUpText } from "./messages.ts";
import { hasAdministrator } from "./people.ts";
import type { AccountsPolicy } from "./policy.ts";
import { endRestored } from "./restored.ts";
import { rightsOf } from "./rights.ts";
import type { Rooms } from "./rooms.ts";
import { doorRoutes } from "./routes-door.ts";
import { factorRoutes } from "./routes-factors.ts";
import { ownRoutes } from "./routes-own.ts";
import { peopleRoutes } from "./routes-people.ts";
import { type AnyDatabase, migrations } from "./tables.ts";

export { accountsPolicy } from "./policy.ts";

export interface AccountsOptions {
  readonly config: {
    readonly accounts: boolean;
    readonly publicUrl: string | undefined;
    readonly oidcSecret: string | undefined;
  };
  readonly policy: AccountsPolicy;
  /** Absent on the command line. */
  readonly db?: AnyDatabase | undefined;
  readonly sealing?: { readonly vault: Vault } | undefined;
  readonly record: RecordAct;
  /** Where the server listens, once it does: "http://127.0.0.1:8080". */
  readonly listening: Promise<string>;
  /** Called before a secret is tried; throws when there were too many. */
  attempt?(attempt: Attempt): Promise<void>;
  /** Gives all that is one person's to another. */
  giveTo?(from: string, to: string): Promise<void>;
  /** For commands: opens the database with its tables up to date, and closes it again. */
  withDatabase: CommandOptions["withDatabase"];
  /** Says something to whoever started the server. */
  tell(line: string): void;
  readonly language: Language;
  log(line: string, error?: unknown): void;
}

/** How often what has expired is removed, in milliseconds. */
const SWEEP_MS = 3_600_000;

export function accounts(options: AccountsOptions): Feature {
  const { db, config, sealing, withDatabase, language, record, log } = options;
  const { publicUrl } = config;
  const common = {
    name: "accounts",
    migrations,
    commands: (program) => accountCommand(program, { withDatabase, language, publicUrl }),
    ...(db && { rights: rightsOf(db), afterRestore: () => endRestored(db, record) }),
  } satisfies Feature;
  if (!config.accounts || !db || !sealing) return { ...common, routes: () => [soloState] };

  const origin = options.listening.then((url) => publicUrl ?? named(url));
  const { policy, attempt, giveTo } = options;
  const leaving = new Leaving();
  const desk = { db, policy, origin, vault: sealing.vault, record, leaving, log };
  const given = { oidcSecret: config.oidcSecret, attempt, claim: giveTo };
  let rooms: Promise<Rooms> | undefined;
  const open = () => {
    rooms ??= openRooms({ ...desk, ...given }).catch((thrown) => {
      rooms = undefined;
      throw thrown;
    });
    return rooms;
  };
  const door = {
    ...{ db, log },
    session: async (request: Request) => {
      const { desk, visit } = await open();
      return visit.findSession(desk, request);
    },
  };
  let sweeping: NodeJS.Timeout | undefined;
  let setUp: string | undefined;
  return {
    ...common,
    steps: [leaving.step],
    rights: rightsOf(db, (person) => leaving.end(person)),
    layers: (route) => [layer(route, door)],
    routes: () => [doorRoutes, factorRoutes, ownRoutes, peopleRoutes].flatMap((of) => of(open)),
    async start() {
      // Nobody's first sign-in has to wait for it.
      await load();
      await sweep(db);
      const again = () => sweep(db).catch((thrown) => log("expired sessions stay", thrown));
      sweeping = setInterval(again, SWEEP_MS);
      setUp = await newSetUp(db);
      // It is known where when the server listens, which it does after this.
      void origin.then((place) => setUp && options.tell(setUpText(place, setUp, language)));
    },
    async afterRestore() {
      await endRestored(db, record);
      setUp = await newSetUp(db);
    },
    stop: () => clearInterval(sweeping),
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
