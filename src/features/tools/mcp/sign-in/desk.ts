/**
 * Signing in to servers of tools, as a person and a connection deal with it: what a server asks for is
 * noted, the person is sent there and comes back, tokens are shown to the server and renewed in time. A
 * sign-in that has ended says so, and takes nothing else along: what was agreed to stays.
 */
import { createHash, randomBytes } from "node:crypto";
import type { CharlaError } from "../../../../core/errors.ts";
import type { Reach } from "../../reach.ts";
import {
  plainWord,
  signInAgain,
  signInFailed,
  signInMore,
  signInNeeded,
  signInRefused,
  signInUnknown,
} from "./errors.ts";
import type { Place } from "./protocol.ts";
import * as protocol from "./protocol.ts";
import type { Row, SignIn, SignIns, Waiting } from "./store.ts";

/** How a connection shows who asks. */
export interface Pass {
  token(): Promise<string | undefined>;
  /**
   * Told when a token was refused; returns when there is another one to try.
   *
   * @param used the one that was sent along
   * @throws CharlaError what the person is told
   */
  refused?(answer: Response, used: string | undefined): Promise<void>;
  /** Told when there is nothing left to try. @param missing scopes, where those are what it is about */
  ended?(missing: string | undefined): Promise<CharlaError>;
}

/** What comes back from the place where a person has signed in. */
export interface Answered {
  readonly state: string;
  readonly code?: string | undefined;
  readonly error?: string | undefined;
  readonly iss?: string | undefined;
}

/** Milliseconds for all that is asked at once: of a sign-in, and of places that are to forget tokens. */
const LIMIT_MS = 30_000;
const REVOKE_MS = 5_000;
/** Minutes that a person may take at the other place. */
const MINUTES = 15;

const digest = (state: string) => createHash("sha256").update(state).digest("hex");

export class SignInDesk {
  readonly #kept: SignIns;
  readonly #reach: () => Promise<Reach>;
  readonly #document: () => Promise<string | undefined>;
  readonly #limitMs: number;

  /**
   * @param document address of Charla's metadata, where other servers could read it
   * @param limitMs for all that is asked at once
   */
  constructor(
    kept: SignIns,
    reach: () => Promise<Reach>,
    document: () => Promise<string | undefined>,
    limitMs = LIMIT_MS,
  ) {
    this.#kept = kept;
    this.#reach = reach;
    this.#document = document;
    this.#limitMs = limitMs;
  }

  of(owner: string): Promise<ReadonlyMap<string, SignIn>> {
    return this.#kept.of(owner);
  }

  /** What a connection to this server shows. */
  pass(owner: string, place: Place): Pass {
    const { id, name } = place;
    return {
      token: () => this.#token(owner, place),
      refused: (answer, used) =>
        this.#kept.alone(owner, id, async (row) => {
          const kept = await here(place, await row.read());
          const { tokens } = kept ?? {};
          if (!kept || !tokens) {
            await this.#note(row, place, answer, kept);
            throw kept?.state === "again" ? signInAgain(name) : signInNeeded(name);
          }
          // Somebody else has renewed it since.
          if (tokens.access !== used) return;
          if (tokens.refresh === undefined) {
            await row.write({ ...kept, tokens: undefined, state: "again" });
            throw signInAgain(name);
          }
          await this.#renew(row, place, kept);
        }),
      ended: (missing) =>
        this.#kept.alone(owner, id, async (row) => {
          const kept = await here(place, await row.read());
          if (!kept) return signInNeeded(name);
          if (missing === undefined) {
            await row.write({ ...kept, tokens: undefined, state: "again" });
            return signInAgain(name);
          }
          // With what there is, for what it is asked again, too.
          const wanted = protocol.joined(kept.tokens?.scope, kept.wanted, missing);
          await row.write({ ...kept, wanted, state: "more" });
          return signInMore(name);
        }),
    };
  }

  /** Notes that a server has asked for it. @throws CharlaError when one cannot sign in there */
  learn(owner: string, place: Place, answer: Response): Promise<void> {
    return this.#kept.alone(owner, place.id, (row) => this.#note(row, place, answer, undefined));
  }

  /**
   * @param redirect where the person is to come back to
   * @returns the address to send the person to
   */
  begin(owner: string, credential: string, place: Place, redirect: string): Promise<string> {
    return this.#kept.alone(owner, place.id, async (row) => {
      const kept = await here(place, await row.read());
      const ask = this.#asker(place);
      const state = randomBytes(32).toString("base64url");
      try {
        const found = await protocol.discover(place, kept?.at, kept?.issuer, ask);
        const client = await protocol.clientAt(
          ...([place, found, kept?.client, redirect, this.#document, ask] as const),
        );
        const { url, verifier, scope } = await protocol.wayTo(found, client, kept?.wanted, state);
        const until = Date.now() + MINUTES * 60_000;
        const begun = { verifier, client, found, scope, state: digest(state), credential, until };
        const { issuer } = found.metadata;
        await row.write({ state: "needed", ...kept, issuer, client, begun });
        return url;
      } catch (thrown) {
        throw signInFailed(place.name, thrown);
      }
    });
  }

  /**
   * @param placeOf a server of the person's, by its id
   * @returns the id of the server
   */
  async end(
    owner: string,
    credential: string,
    answered: Answered,
    placeOf: (id: string) => Promise<Place>,
  ): Promise<string> {
    const state = digest(answered.state);
    const mine = (one: Waiting | undefined): one is Waiting =>
      one?.state === state && one.credential === credential && one.until > Date.now();
    const all = await this.#kept.of(owner);
    const [id] = [...all].find(([, { begun }]) => mine(begun)) ?? [];
    if (id === undefined) throw signInUnknown(MINUTES);
    const place = await placeOf(id);
    await this.#kept.alone(owner, id, async (row) => {
      const { begun, ...kept } = (await row.read()) ?? {};
      if (!mine(begun)) throw signInUnknown(MINUTES);
      // Used once, whatever comes of it.
      const rest = kept as SignIn;
      await row.write(rest);
      await protocol.checkIssuer(place, begun, answered.iss);
      const { issuer } = begun.found.metadata;
      const { code, error = "no code", iss } = answered;
      if (code === undefined) throw signInRefused(protocol.hostOf(issuer), plainWord(error));
      try {
        const tokens = await protocol.exchange(begun, code, iss, this.#asker(place));
        await row.write({ ...rest, issuer, tokens, state: "in" });
      } catch (thrown) {
        const worthless = await protocol.endsSignIn(thrown);
        if (worthless === "client") await row.write({ ...rest, client: undefined });
        throw signInFailed(place.name, thrown);
      }
    });
    return id;
  }

  /** Forgets it here, and asks the place to forget it, too. */
  async forget(owner: string, place: Place): Promise<void> {
    await this.#revoke(place, await this.#kept.remove(owner, place.id));
  }

  /** @returns how many there were */
  async erase(owner: string, places: readonly Place[]): Promise<number> {
    const all = await this.#kept.erase(owner);
    await Promise.all(places.map((place) => this.#revoke(place, all.get(place.id))));
    return all.size;
  }

  async #revoke(place: Place, kept: SignIn | undefined): Promise<void> {
    if (!kept?.tokens) return;
    await protocol.revoke(
      place,
      kept.tokens,
      this.#asker(place, Math.min(REVOKE_MS, this.#limitMs)),
    );
  }

  async #token(owner: string, place: Place): Promise<string | undefined> {
    const { id } = place;
    const stale = ({ tokens }: SignIn) => (tokens?.renew ?? Number.POSITIVE_INFINITY) <= Date.now();
    const kept = await here(place, await this.#kept.read(owner, id));
    if (!kept || !stale(kept) || kept.tokens?.refresh === undefined) return kept?.tokens?.access;
    return this.#kept.alone(owner, id, async (row) => {
      const now = await here(place, await row.read());
      if (!now || !stale(now) || now.tokens?.refresh === undefined) return now?.tokens?.access;
      try {
        return await this.#renew(row, place, now);
      } catch (thrown) {
        // The place is away for a moment, and the token that there is has some time left.
        const { tokens } = (await row.read()) ?? {};
        if (tokens?.expires !== undefined && tokens.expires > Date.now()) return tokens.access;
        throw thrown;
      }
    });
  }

  /** @throws CharlaError `tool_sign_in_again`, `tool_sign_in_failed`, and then what there is stays */
  async #renew(row: Row, place: Place, kept: SignIn): Promise<string> {
    const { tokens, client } = kept;
    if (!tokens) throw signInNeeded(place.name);
    try {
      const renewed = await protocol.refresh(place, tokens, this.#asker(place));
      await row.write({ ...kept, tokens: renewed });
      return renewed.access;
    } catch (thrown) {
      const worthless = await protocol.endsSignIn(thrown);
      if (!worthless) throw signInFailed(place.name, thrown);
      const known = worthless === "client" ? undefined : client;
      await row.write({ ...kept, tokens: undefined, client: known, state: "again" });
      throw signInAgain(place.name);
    }
  }

  async #note(row: Row, place: Place, answer: Response, kept: SignIn | undefined): Promise<void> {
    const { extractWWWAuthenticateParams } = await import("@modelcontextprotocol/client");
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(answer);
    const at = resourceMetadataUrl?.href ?? kept?.at;
    try {
      const ask = this.#asker(place);
      const { metadata } = await protocol.discover(place, at, kept?.issuer, ask);
      const wanted = protocol.joined(kept?.wanted, scope);
      await row.write({ state: "needed", ...kept, issuer: metadata.issuer, at, wanted });
    } catch (thrown) {
      throw signInFailed(place.name, thrown);
    }
  }

  #asker(place: Place, ms = this.#limitMs) {
    return protocol.askerOf(this.#reach, place, AbortSignal.timeout(ms));
  }
}

/**
 * What there is for the server that stands there now. What was found and given for another address, which
 * the policy has said before, is nothing to this one.
 */
async function here(place: Place, kept: SignIn | undefined): Promise<SignIn | undefined> {
  if (!kept?.tokens || (await protocol.isFor(place, kept.tokens))) return kept;
  const { issuer, client } = kept;
  return { state: "needed", issuer, client };
}
