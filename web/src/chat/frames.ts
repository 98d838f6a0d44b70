/** Collects pieces of text and hands them on once a frame, however fast they come. */
export function perFrame(flush: (text: string) => void) {
  let waiting = "";
  let frame = 0;
  const now = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    const text = waiting;
    waiting = "";
    if (text !== "") flush(text);
  };
  const add = (text: string) => {
    waiting += text;
    frame ||= requestAnimationFrame(now);
  };
  return { add, now };
}
