/** What the engine for ONNX files lends to this feature; `src/app/features.ts` hands it over. */

export interface Tools {
  /** The path of a model that is named by it or by its id. @throws CharlaError `model_not_found` */
  find(model: string): Promise<string>;
  /** Writes `output` whole or not at all. */
  exportOnnx(job: {
    readonly input: string;
    readonly output: string;
    readonly force: boolean;
    readonly exact: boolean;
    readonly signal: AbortSignal;
    progress(done: number, total: number): void;
  }): Promise<{ readonly bytesBefore: number; readonly bytesAfter: number }>;
  /** Of ONNX Runtime. */
  readonly VERSION: string;
  /** Bytes: of the download, on the disk while it comes, and of what stays, about. */
  readonly SIZES: { readonly download: number; readonly meanwhile: number; readonly kept: number };
  hasRuntime(home: string): Promise<boolean>;
  fetchRuntime(home: string, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<void>;
  removeRuntime(home: string): Promise<void>;
}
