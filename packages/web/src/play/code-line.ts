import type { Method } from './reference.ts';

const secret = /password|token/i;
const isName = /^[A-Za-z_$][\w$]*$/;

/** The call as a line of an application; what nobody should copy is left to the reader. */
export function codeLine(manager: string, { name, returns }: Method, values: readonly unknown[]): string {
  const place = manager === 'im' ? 'im' : `im.${manager}`;
  const waits = returns.type.startsWith('Promise') ? 'await ' : '';
  return `${waits}${place}.${name}(${values.map((value) => literal(value)).join(', ')});`;
}

function literal(value: unknown, key = ''): string {
  if (typeof value === 'string') return secret.test(key) ? "'…'" : quoted(value);
  if (value instanceof Blob) return 'file';
  if (typeof value === 'function') return '(res) => console.log(res)';
  if (Array.isArray(value)) return `[${value.map((item) => literal(item)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(
    ([name, item]) => `${isName.test(name) ? name : quoted(name)}: ${literal(item, name)}`,
  );
  return fields.length > 0 ? `{ ${fields.join(', ')} }` : '{}';
}

function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped}'`;
}
