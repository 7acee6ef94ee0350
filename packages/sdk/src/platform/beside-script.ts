/** The element is known only while its script runs for the first time. */
const script = typeof document === 'undefined' ? undefined : (document.currentScript as HTMLScriptElement | null)?.src;

/**
 * The address of a file beside the script that this code is in. A script from another origin cannot import by a relative
 * address unless its element says `crossorigin`; a worker's knows no other.
 */
export function besideScript(file: string): string {
  return script ? new URL(file, script).href : `./${file}`;
}
