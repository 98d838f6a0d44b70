/** The process in which a part is made: minutes of nobody's time, and a few hundred megabytes for a moment. */
import type { PartId } from "../shelf/parts.ts";
import { make } from "./make.ts";

const [id, folder, ...paths] = process.argv.slice(2);

make(id as PartId, paths, folder ?? "").then(
  () => process.exit(0),
  (thrown: Error) => process.send?.(thrown.message, () => process.exit(1)),
);
