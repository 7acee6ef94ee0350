import { type ParamSchema, type Params, toId } from '@flooim/protocol';
import { checkObject, invalid } from '../check.ts';

/**
 * Checks a documented call's `params` against the REST table and gives what to send: known fields only, ids as numbers.
 * Throws `INVALID_PARAMETER` with the field, such as `params.user_id`.
 */
export function checkParams(schema: Params, params: object): Record<string, unknown> {
  const given: Record<string, unknown> = checkObject(params, 'params') as Record<string, unknown>;
  const checked: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(schema)) {
    const value = given[name];
    if (value === undefined || value === null) {
      if (rule.required) throw invalid(`params.${name}`, `given (${rule.type})`);
    } else checked[name] = checkValue(rule, value, `params.${name}`);
  }
  return checked;
}

function checkValue(rule: ParamSchema, value: unknown, field: string): unknown {
  if (rule.type === 'integer') return checkInteger(rule, value, field);
  if (rule.type === 'boolean') {
    if (typeof value !== 'boolean') throw invalid(field, 'true or false');
    return value;
  }
  if (rule.type === 'array') return checkArray(rule, value, field);
  // Lists of objects or of strings: no endpoint that our clients call has any.
  if (rule.type === 'list' || rule.type === 'texts') return value;
  if (typeof value !== 'string') throw invalid(field, 'a string');
  if (value.length < (rule.minLength ?? 0)) throw invalid(field, `at least ${rule.minLength} characters long`);
  if (value.length > rule.maxLength) throw invalid(field, `at most ${rule.maxLength} characters long`);
  return value;
}

function checkInteger(rule: { minimum: number; maximum: number }, value: unknown, field: string): number {
  const number = typeof value === 'string' ? toId(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < rule.minimum || number > rule.maximum) {
    throw invalid(field, `an integer from ${rule.minimum} to ${rule.maximum}`);
  }
  return number;
}

function checkArray(rule: ParamSchema & { type: 'array' }, value: unknown, field: string): number[] {
  if (!Array.isArray(value)) throw invalid(field, 'an array of ids');
  if (value.length > rule.maxItems) throw invalid(field, `at most ${rule.maxItems} ids`);
  return value.map((item, i) => checkInteger(rule.items, item, `${field}[${i}]`));
}
