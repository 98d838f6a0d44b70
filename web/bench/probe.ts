/** What the benchmarks of the page ask it for: its long tasks and its frames. */

/** Runs in the page: collects until `report()` is called. */
export const PROBE = `
  const longTasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longTasks.push(entry.duration);
  }).observe({ type: "longtask" });
  const frames = [];
  let last = performance.now();
  const frame = (now) => {
    frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.report = () => ({ longTasks: [...longTasks], frames: [...frames] });
  globalThis.restart = () => (longTasks.length = frames.length = 0);
`;
