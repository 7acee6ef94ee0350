/** Runs `act` when `forMs` are over or the page is left, unless it is taken back before. */
export function runLater(act: () => void, forMs: number): { takeBack: () => void } {
  const takeBack = (): void => {
    clearTimeout(timer);
    removeEventListener('pagehide', finish);
  };
  const finish = (): void => {
    takeBack();
    act();
  };
  const timer = setTimeout(finish, forMs);
  addEventListener('pagehide', finish);
  return { takeBack };
}
