/** Makes a proof of membership beside the page, which stays usable, and tells how far it is. */

import type { MembershipFile } from "../../../../src/features/provenance/membership/file.ts";
import {
  makeProof,
  type Task,
  Unprovable,
} from "../../../../src/features/provenance/membership/make.ts";

export type Told =
  | { readonly share: number }
  | { readonly file: MembershipFile }
  | { readonly reason: Unprovable["reason"] };

const tell = (told: Told) => postMessage(told);

addEventListener("message", async ({ data }: MessageEvent<Task>) => {
  try {
    tell({ file: await makeProof(data, (share) => tell({ share })) });
  } catch (thrown) {
    if (!(thrown instanceof Unprovable)) console.error(thrown);
    tell({ reason: thrown instanceof Unprovable ? thrown.reason : "failed" });
  }
});
