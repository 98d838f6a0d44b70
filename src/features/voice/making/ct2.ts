/**
 * Whisper in CTranslate2's format. Little-endian, in order: version (u32, 6), name of the kind of model,
 * revision (u32); number of variables (u32), and of each its name, rank (u8), sizes (u32), type (u8),
 * bytes (u32) and these. Strings are a length (u16) and that many bytes, the last of which is 0.
 * Source: `model.cc` and `model_spec.py` of OpenNMT/CTranslate2.
 */
const FLOAT16 = 4;

export interface Variable {
  readonly shape: readonly number[];
  readonly numbers: Float32Array;
}

/** @returns variables of 16-bit floats by their names; others say only how they are computed */
export function readCt2(file: Buffer): ReadonlyMap<string, () => Variable> {
  let at = 0;
  const move = (bytes: number) => {
    at += bytes;
    return at - bytes;
  };
  const u8 = () => file.readUInt8(move(1));
  const u16 = () => file.readUInt16LE(move(2));
  const u32 = () => file.readUInt32LE(move(4));
  const string = () => {
    const length = u16();
    at += length;
    return file.toString("latin1", at - length, at - 1);
  };
  const version = u32();
  const kind = string();
  u32();
  if (version !== 6 || kind !== "WhisperSpec")
    throw new RangeError(`is no Whisper of CTranslate2, but ${kind} ${version}`);
  const variables = new Map<string, () => Variable>();
  for (let left = u32(); left > 0; left--) {
    const name = string();
    const shape = Array.from({ length: u8() }, u32);
    const type = u8();
    const bytes = u32();
    const from = at;
    at += bytes;
    if (type !== FLOAT16) continue;
    const read = () => ({ shape, numbers: halves(file.subarray(from, from + bytes)) });
    variables.set(name, read);
  }
  return variables;
}

function halves(bytes: Buffer): Float32Array {
  // A copy begins at an even address.
  const copy = new Uint8Array(bytes);
  return Float32Array.from(new Float16Array(copy.buffer, 0, copy.length / 2));
}
