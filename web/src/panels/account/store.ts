/**
 * Who is signed in. Without the feature `accounts`, or with it switched off, there is nobody to ask
 * and nothing to sign in to.
 */
import type { State } from "../../../../src/features/accounts/api.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";

const SOLO: State = {
  mode: "solo",
  person: null,
  setUpNeeded: false,
  methods: { password: false, passkey: false, oidc: null },
  passwordMinLength: 0,
};

interface Account {
  /** Null until the server has said it. */
  readonly state: State | null;
  readonly problem: Problem | null;
}

export const store = createStore<Account>({ state: null, problem: null });

function take(state: State): void {
  store.set({ state, problem: null });
  const { mode, person } = state;
  desk.receive(person, mode === "solo" || person?.role === "administrator");
}

export async function refresh(): Promise<void> {
  try {
    take(await getJson<State>("/api/account/state"));
  } catch (thrown) {
    const problem = toProblem(thrown);
    if (problem.code === "not_found") take(SOLO);
    // Who is signed in stays on the page while the server is away; the banner tells.
    else if (!store.get().state) store.set({ problem });
  }
}

export async function signOut(): Promise<void> {
  await sendJson("POST", "/api/auth/sign-out");
  desk.forget();
  // Nothing of the person stays in the page's memory.
  location.assign("/");
}

/** After whatever has begun a session: the page begins afresh, at the address that was asked for. */
export function enter(): void {
  const { pathname } = location;
  location.replace(pathname.startsWith("/account/") ? "/" : pathname);
}

const LOST = new Set(["session_ended", "not_signed_in", "key_invalid"]);
/** Whether an error says that the session is over. */
export const isLost = (problem: Problem | null) => problem !== null && LOST.has(problem.code);
