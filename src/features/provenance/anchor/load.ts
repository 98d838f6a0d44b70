/** viem: from the add-on where it was fetched, or from the packages of a clone. */
import { pathToFileURL } from "node:url";

type Packages = typeof import("./packages.ts");

/** @param entry path of the add-on's module; undefined where the packages have to be at hand */
export const loadPackages = (entry: string | undefined): Promise<Packages> =>
  entry ? import(pathToFileURL(entry).href) : import("./packages.ts");
