/** The rooms behind the routes, which are loaded with accounts and not without. */
import type { Desk } from "./desk.ts";
import type * as oidc from "./oidc.ts";
import type * as own from "./own.ts";
import type * as passkeys from "./passkeys.ts";
import type * as signIn from "./sign-in.ts";
import type * as visit from "./visit.ts";

export interface Rooms {
  readonly desk: Desk;
  readonly signIn: typeof signIn;
  readonly oidc: typeof oidc;
  readonly own: typeof own;
  readonly passkeys: typeof passkeys;
  readonly visit: typeof visit;
}
export type Open = () => Promise<Rooms>;
