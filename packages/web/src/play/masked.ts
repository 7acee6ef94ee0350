const secret = /password|token|secret|file_sign/i;
const mask = '••••••';

/** The same as plain JSON values, without what lets somebody in: by its name, or in the query of a link. */
export function masked(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return maskedText(value, name);
  if (secret.test(name) && value) return mask;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Blob) return `${value.size} bytes, ${value.type}`;
  if (Array.isArray(value)) return value.map((item) => masked(item));
  if (typeof value === 'function') return 'function';
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, masked(item, key)]),
  );
}

function maskedText(text: string, name: string): string {
  if (secret.test(name) && text) return mask;
  // Links to files carry a credential in their query.
  return text.replace(/([?&][\w-]*(?:token|secret|sign)[\w-]*=)[^&#\s"]+/gi, `$1${mask}`);
}
