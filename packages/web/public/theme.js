// Runs before the first paint; src/app/theme.ts writes the key and follows later changes.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem('flooim.theme');
  } catch {
    // Storage refused: the system's theme it is.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
