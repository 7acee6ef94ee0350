/** What was chosen in this browser; null too where it refuses to keep anything. */
export function keptChoice(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Without storage it lasts as long as the page. */
export function keepChoice(key: string, value: string): void {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // Said above.
  }
}
