/** A text as it was written, but for what would turn it round. */
import { Seen } from "../../ui/Seen.tsx";
import { withoutTurning } from "./direction.ts";

export const AsWritten = ({ text }: { text: string }) => (
  <div className="plain" dir="auto">
    <Seen text={withoutTurning(text)} />
  </div>
);
