// Loaded before the first paint, so that a chosen theme never flashes in the other one.
try {
  const theme = localStorage.getItem("charla.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that denies storage has the system's theme.
}
