/** The login code in what somebody typed or pasted: the code alone, or the address that leads to it. */
export function enteredCode(text: string): string | null {
  const words = text.trim();
  return /(?:^|#\/login-code\/)([\w-]{16,128})$/.exec(words)?.[1] ?? null;
}
