/** What the server and the process that hears and speaks say to each other. */

/** A recogniser as the engine knows it: files by what they are. */
export interface Hearing {
  readonly id: string;
  readonly kind: "whisper" | "moonshine";
  readonly encoder: string;
  readonly decoder: string;
  readonly tokens: string;
}

export interface Speaking {
  readonly id: string;
  readonly kind: "piper" | "kokoro";
  readonly model: string;
  readonly tokens: string;
  /** Folder of the sounds of languages. */
  readonly data: string;
  /** Of Kokoro alone. */
  readonly styles?: string;
}

/** Sound of one channel, from -1 to 1. */
export interface Sound {
  readonly samples: Float32Array;
  /** Samples in a second. */
  readonly rate: number;
}

export type Asked =
  | {
      readonly type: "hear";
      readonly model: Hearing;
      readonly sound: Sound;
      /** "es"; empty where it is to be found out. */
      readonly language: string;
    }
  | {
      readonly type: "speak";
      readonly voice: Speaking;
      readonly text: string;
      readonly speed: number;
    }
  | {
      /** Opus in Ogg or WebM. */
      readonly type: "decode";
      /** The module of the libraries. */
      readonly by: string;
      readonly bytes: Uint8Array;
      /** After which it is not read any further. */
      readonly seconds: number;
    }
  | { readonly type: "encode"; readonly by: string; readonly sound: Sound };

export type Told =
  | { readonly type: "heard"; readonly text: string; readonly language: string }
  | { readonly type: "spoken"; readonly sound: Sound }
  | { readonly type: "decoded"; readonly sound: Sound }
  | { readonly type: "encoded"; readonly bytes: Uint8Array }
  /** What came is no sound that is read here. */
  | { readonly type: "refused" }
  | { readonly type: "failed"; readonly reason: string };
