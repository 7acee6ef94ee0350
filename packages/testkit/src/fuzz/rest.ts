import { type ServerEndpointName, serverRest } from '@flooim/protocol';
import { Random } from '../random.ts';
import type { SeededUser } from '../seed-users.ts';
import { type Call, makeCall } from './rest-call.ts';
import { Crowd } from './rest-crowd.ts';
import { type ApiDocument, readDocument } from './rest-document.ts';
import { type Answer, judge } from './rest-judge.ts';

export interface RestOptions {
  url: string;
  seed: number;
  calls: number;
  users: readonly SeededUser[];
  groups: readonly number[];
  operatorToken: string;
}

export interface RestResult {
  sent: number;
  refused: number;
  faults: string[];
}

const lanes = 8;
const tries = 5;
/** A password's hash takes as long as a hundred other calls. */
const costly: ReadonlySet<string> = new Set<ServerEndpointName>([
  'tokenByName',
  'tokenById',
  'tokenByLogin',
  'userRegister',
  'userRegisterAnonymous',
  'userRegisterBatch',
  'userChangePassword',
  'userChangePasswordAdmin',
  'userDelete',
  'mobilePrechangeByPassword',
]);

/** Calls whatever the server's own document tells of, right or wrong in one way, as several users. */
export async function runRest(options: RestOptions): Promise<RestResult> {
  const document = await readDocument(options.url);
  const missing = Object.keys(serverRest).filter((name) => !document.operations.some((each) => each.name === name));
  const crowd = await Crowd.gather(options);
  const result: RestResult = { sent: 0, refused: 0, faults: missing.map((name) => `the document lacks ${name}`) };
  const run = async () => {
    while (result.sent < options.calls && result.faults.length < 20) {
      const index = result.sent++;
      await callOnce(document, crowd, options, index, result);
    }
  };
  await Promise.all(Array.from({ length: lanes }, run));
  return result;
}

async function callOnce(
  document: ApiDocument,
  crowd: Crowd,
  { url, seed, users, groups }: RestOptions,
  index: number,
  result: RestResult,
): Promise<unknown> {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x27d4eb2f));
  const ids = { users: users.map(({ uid }) => uid), groups };
  const [first, second] = [random.pick(document.operations), random.pick(document.operations)];
  const call = makeCall(random, costly.has(first.name) && random.chance(0.7) ? second : first, ids);
  const { method, path } = call.operation;
  const fail = (text: string) =>
    result.faults.push(`${text}: ${method} ${path}, ${call.rule}, call ${index} of seed ${seed}`);
  try {
    // Calls before this one may have ended the caller.
    for (let left = tries; left > 0; left--) {
      const caller = crowd.pick(random, call.operation);
      const verdict = judge(document, call, await send(url, call, caller.headers), caller.isPermitted);
      if (verdict.isRefused) result.refused += 1;
      if (verdict.isEnded && caller.isPermitted && left > 1) caller.end();
      else return verdict.fault && fail(verdict.fault);
    }
  } catch (error) {
    const { message, cause } = error as Error;
    fail(`there was no answer (${message}${cause instanceof Error ? `, ${cause.message}` : ''})`);
  }
}

async function send(url: string, call: Call, caller: Record<string, string>): Promise<Answer> {
  const { operation, query, body, contentType } = call;
  const target = new URL(operation.path, url);
  for (const [key, value] of query) target.searchParams.append(key, value);
  // A form says by itself where its parts end.
  const headers = { ...caller, ...(typeof body === 'string' && contentType && { 'content-type': contentType }) };
  const response = await fetch(target, {
    method: operation.method,
    headers,
    body,
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, text: await response.text() };
}
