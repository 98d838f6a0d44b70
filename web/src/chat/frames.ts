/** Collects pieces of text and hands them on once a frame, however fast they come. */
export function perFrame(flush: (text: string) => void) {
  let waiting = "";
  const now = () => {
    if (waiting !== "") flush(waiting);
    waiting = "";
  };
  const add = (text: string) => {
    if (waiting === "") requestAnimationFrame(now);
    waiting += text;
  };
  return { add, now };
}
