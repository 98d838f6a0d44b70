/**
 * What the model process and the prefix cache say to each other. A state is what the KV cache holds
 * of one sequence, as llama.cpp writes it; its tokens say for which prompts it is good.
 */

export interface State {
  /** Token ids that the sequence holds, from its beginning. */
  readonly tokens: ArrayLike<number>;
  /** Opaque; not to be changed once it has been handed over or received. */
  readonly bytes: Buffer;
}

/** Whatever makes the states of one process useless or dangerous to another. */
export interface CacheIdentity {
  /** SHA-256 of the model's file. */
  readonly model: string;
  readonly kvType: string;
  /** The positions are scaled by it; 1 if absent. */
  readonly yarn?: number | undefined;
  /** llama.cpp keeps the values of the KV cache transposed without it. */
  readonly flashAttention: boolean;
  /** Version of libllama. */
  readonly library: string;
}

export interface CacheOptions {
  readonly identity: CacheIdentity;
  /** Most bytes of states in memory, those that wait to be written included. */
  readonly memoryBytes: number;
  /** Folder for state files, absolute; none are written when absent. */
  readonly folder?: string | undefined;
  /** Kept elsewhere than in the folder, and seals what is in it; base64. */
  readonly secret?: string | undefined;
  /** Most bytes of state files in the folder, those of other models included. */
  readonly diskBytes: number;
  /** The model can forget the end of a sequence; if not, only whole states are of use. */
  readonly trims: boolean;
  /** Called when the disk fails, once until it works again. */
  log(line: string): void;
}

export interface Hit {
  /** Common prefix, in tokens. */
  readonly tokens: number;
  readonly source: "memory" | "disk";
  /** What has to be restored for it. */
  readonly bytes: number;
}

export interface CacheStats {
  readonly memoryBytes: number;
  /** Of all models' files in the folder, when it was last looked at. */
  readonly diskBytes: number;
  /** States of this identity, wherever they are. */
  readonly states: number;
}
