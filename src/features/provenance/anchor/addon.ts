/** viem, which only anchoring needs: 13 packages, fetched by `charla anchor setup`. */
import type { Addon } from "../../../core/addons.ts";
import manifest from "./addon/package.json" with { type: "json" };
import lock from "./addon/package-lock.json" with { type: "json" };

export const VIEM: Addon = {
  name: "anchor",
  manifest,
  lock,
  entry: 'export * as viem from "viem";\nexport * as accounts from "viem/accounts";\n',
  bytes: 49_000_000,
};
