/** Under which name the browser keeps the secret: of the account, since people share browsers. */
import { desk } from "../../desk.ts";

export const key = () => `charla.membership.${desk.person?.id ?? ""}`;
