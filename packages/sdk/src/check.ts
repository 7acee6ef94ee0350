import { limits, toId } from '@flooim/protocol';
import { FlooError } from './errors.ts';

/** Checks of arguments: each gives the checked value or throws `INVALID_PARAMETER` naming the field. */

export function invalid(field: string, expected: string): FlooError {
  return new FlooError('INVALID_PARAMETER', `${field} must be ${expected}`, { field });
}

export function checkId(value: unknown, field: string): number {
  const id = toId(value);
  if (id === undefined) throw invalid(field, 'a positive integer id');
  return id;
}

export function checkIds(value: unknown, field: string): number[] {
  if (!Array.isArray(value)) throw invalid(field, 'an array of ids');
  if (value.length > limits.rosterSize) throw invalid(field, `at most ${limits.rosterSize} ids`);
  return value.map((id, i) => checkId(id, `${field}[${i}]`));
}

export function checkObject<T>(value: T, field: string): T & object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, 'an object');
  return value;
}

export function checkText(value: unknown, field: string, maxBytes?: number): string {
  if (typeof value !== 'string') throw invalid(field, 'a string');
  if (maxBytes !== undefined && value.length * 3 > maxBytes && utf8Length(value) > maxBytes) {
    throw invalid(field, `at most ${maxBytes} bytes of UTF-8`);
  }
  return value;
}

export function checkFilled(value: unknown, field: string): string {
  const text = checkText(value, field);
  if (text === '') throw invalid(field, 'a string that is not empty');
  return text;
}

export function checkFunction<T>(value: T, field: string): T {
  if (typeof value !== 'function') throw invalid(field, 'a function');
  return value;
}

export function checkSignal(value: unknown, field: string): AbortSignal | undefined {
  const signal = value as AbortSignal | undefined;
  if (signal && typeof signal.addEventListener !== 'function') throw invalid(field, 'an AbortSignal');
  return signal;
}

/** Text as it is, an object as its JSON, nothing as an empty string. */
export function checkJsonText(value: unknown, field: string, maxBytes: number): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') return checkText(toJson(value, field), field, maxBytes);
  if (typeof value !== 'string') throw invalid(field, 'a string or an object');
  return checkText(value, field, maxBytes);
}

function toJson(value: object, field: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw invalid(field, 'an object that JSON can hold');
  }
}

export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
