import { readFileSync } from 'node:fs';

/** The reference of the SDK as data: every method, event and type, under its documented name. */
interface Api {
  modules: Record<string, Record<string, { returns: string; params: Field[] }>>;
  events: Record<string, { payload: Field[] }>;
  types: Record<string, { kind: string; fields: Field[] }>;
}

interface Field {
  name: string;
  type: string;
}

const api = JSON.parse(readFileSync(new URL('../api.json', import.meta.url), 'utf8')) as Api;

export const methods = Object.entries(api.modules).flatMap(([module, all]) =>
  Object.keys(all).map((name) => `${module}.${name}`),
);
export const events = Object.keys(api.events);
export const fields = Object.entries(api.types)
  .filter(([, type]) => type.kind === 'object')
  .flatMap(([name, type]) => type.fields.map((field) => `${name}.${field.name}`));

/** Where the reference contradicts itself: the type that its descriptions and examples show. */
const corrections: Record<string, string> = {
  // "发送状态，取值为sending".
  'onSendingMessageStatusChanged.status': 'string',
  // {category: 'conversation_deleted', desc: { id, source: 'user_operation' }}
  'flooNotice.desc': 'string | object',
  // "0:同意所有申请 1:需要管理员确认 2:拒绝所有申请"
  'asyncUpdateRequireadminapproval.apply_approval': 'number',
  // "公告ID", of the one announcement that is returned or deleted.
  'asyncGetAnouncementById.announcement_id': 'number',
  'asyncAnouncementDelete.announcement_id': 'number',
  // "文件上传类型: rosterAvatar, chat, groupAvatar"
  'asyncFileUpload.toType': 'string',
  'asyncFileUpload.chatType': 'string',
};

/** Fields of documented types that had a value in something that was checked. */
export const seenFields = new Set<string>();

/** What is wrong with a method's result, against its documented type. */
export function checkResult(method: string, result: unknown): Promise<string[]> {
  const [module, name] = split(method);
  const type = api.modules[module]?.[name]?.returns ?? 'nothing documented';
  return checkReturned(result, type, method);
}

async function checkReturned(result: unknown, type: string, path: string): Promise<string[]> {
  // What the documentation gives no result may give one.
  if (type === 'void') return [];
  const promised = /^Promise\.<(.*)>$/.exec(type)?.[1];
  if (!promised) return checkValue(result, type, path);
  if (!(result instanceof Promise)) return [`${path} gives ${show(result)}, not a promise`];
  return checkValue(await result, promised, path);
}

/** What is wrong with what a listener got. */
export function checkPayload(event: string, payload: unknown): string[] {
  const documented = api.events[event];
  if (!documented) return [];
  const [whole, ...parts] = documented.payload;
  if (!whole) return payload === undefined ? [] : [`${event} carries ${show(payload)}`];
  return [...checkValue(payload, whole.type, event), ...checkParts(payload, whole.name, parts, event)];
}

/** What is wrong with how a test calls a method: the arguments are documented too. */
export function checkArguments(method: string, args: readonly unknown[]): string[] {
  const [module, name] = split(method);
  const params = api.modules[module]?.[name]?.params ?? [];
  const whole = params.filter((param) => !param.name.includes('.'));
  const surplus = args.length > whole.length ? [`${method} is called with ${args.length} arguments`] : [];
  const wrong = whole.flatMap((param, i) => {
    if (args[i] === undefined) return [];
    const parts = params.filter((part) => part.name.startsWith(`${param.name}.`));
    return [...checkValue(args[i], param.type, name), ...checkParts(args[i], param.name, parts, name)];
  });
  return [...surplus, ...wrong];
}

/** Fields that are written as `res.mid` of a parameter `res`. */
function checkParts(whole: unknown, name: string, parts: readonly Field[], path: string): string[] {
  if (typeof whole !== 'object' || whole === null) return [];
  return parts.flatMap((part) => {
    const key = part.name.slice(name.length + 1).replace(/:$/, '');
    const value = (whole as Record<string, unknown>)[key];
    if (value === undefined) return [];
    const type = corrections[`${path}.${key}`] ?? part.type;
    return checkValue(value, type, `${path}.${key}`);
  });
}

function checkValue(value: unknown, type: string, path: string): string[] {
  if (value === null) return [`${path} is null`];
  const alternatives = type.split(' | ');
  if (alternatives.length > 1) {
    const problems = alternatives.map((alternative) => checkValue(value, alternative, path));
    return problems.some((found) => found.length === 0) ? [] : [`${path} is ${show(value)}, not ${type}`];
  }
  const known = type.replace(/^module:types~+/, '');
  const list = /^Array\.<(.*)>$/.exec(known)?.[1];
  if (list) return checkList(value, list, path);
  const map = /^[Oo]bject\.<([^,]+), (.*)>$/.exec(known);
  if (map) return checkMap(value, map[1] as string, map[2] as string, path);
  const documented = api.types[known];
  if (documented?.kind === 'object') return checkObject(value, known, documented.fields, path);
  return isPrimitive(value, documented?.kind ?? known) ? [] : [`${path} is ${show(value)}, not ${known}`];
}

function checkList(value: unknown, type: string, path: string): string[] {
  if (!Array.isArray(value)) return [`${path} is ${show(value)}, not a list`];
  return value.flatMap((item, i) => checkValue(item, type, `${path}[${i}]`));
}

function checkMap(value: unknown, keys: string, type: string, path: string): string[] {
  if (!isPrimitive(value, 'object')) return [`${path} is ${show(value)}, not an object`];
  return Object.entries(value as object).flatMap(([key, item]) => [
    ...(keys === 'number' && !/^\d+$/.test(key) ? [`${path} has the key ${key}, not a number`] : []),
    ...checkValue(item, type, `${path}.${key}`),
  ]);
}

/** A field may be absent where it has no value, and there may be more than the documented ones. */
function checkObject(value: unknown, name: string, documented: readonly Field[], path: string): string[] {
  if (!isPrimitive(value, 'object')) return [`${path} is ${show(value)}, not ${name}`];
  const given = value as Record<string, unknown>;
  const nulls = Object.keys(given).flatMap((key) => (given[key] === null ? [`${path}.${key} is null`] : []));
  const wrong = documented.flatMap((field) => {
    if (given[field.name] === undefined) return [];
    seenFields.add(`${name}.${field.name}`);
    return checkValue(given[field.name], field.type, `${path}.${field.name}`);
  });
  return [...nulls, ...wrong];
}

function isPrimitive(value: unknown, type: string): boolean {
  if (type === 'undefined' || type === 'void') return value === undefined;
  if (type === 'object') return typeof value === 'object' && !Array.isArray(value);
  if (type === 'number') return Number.isFinite(value);
  if (type === 'File') return value instanceof File;
  return typeof value === type;
}

function split(method: string): [string, string] {
  return method.split('.') as [string, string];
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
