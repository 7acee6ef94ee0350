// Runs before the first paint; src/app/theme.ts and src/user/text-size.ts write the keys and follow later changes.
(() => {
  let choice = null;
  let textSize = null;
  try {
    choice = localStorage.getItem('flooim.theme');
    textSize = localStorage.getItem('flooim.textSize');
  } catch {
    // Storage refused: the system's theme it is, and the usual letters.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  if (textSize) document.documentElement.dataset.textSize = textSize;
})();
