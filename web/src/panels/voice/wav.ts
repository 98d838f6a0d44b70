/** A recording as WAV with 16 bits, one channel, which the server reads. Source: `sound/wav.ts` of the server. */
const HEAD = 44;

export function wavOf(sound: AudioBuffer): Blob {
  const { length, sampleRate, numberOfChannels } = sound;
  const view = new DataView(new ArrayBuffer(HEAD + 2 * length));
  const name = (at: number, text: string) => {
    for (const [of, sign] of [...text].entries()) view.setUint8(at + of, sign.charCodeAt(0));
  };
  name(0, "RIFF");
  view.setUint32(4, HEAD - 8 + 2 * length, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, 2 * length, true);
  const channels = Array.from({ length: numberOfChannels }, (_, at) => sound.getChannelData(at));
  for (let at = 0; at < length; at++) {
    const sum = channels.reduce((all, one) => all + (one[at] ?? 0), 0) / numberOfChannels;
    view.setInt16(HEAD + 2 * at, Math.max(-1, Math.min(1, sum)) * 32_767, true);
  }
  return new Blob([view.buffer], { type: "audio/wav" });
}
