import { type Envelope, errors, okCode } from '@flooim/protocol';
import type { Call } from './rest-call.ts';
import type { ApiDocument } from './rest-document.ts';

export interface Answer {
  status: number;
  text: string;
}

export interface Verdict {
  /** What is wrong with the answer, if anything is. */
  fault: string | undefined;
  isRefused: boolean;
  /** The caller is nobody any more. */
  isEnded: boolean;
}

/** The server says by these that it is busy, or full. */
const busyStatuses: readonly number[] = [503, 507];
const ourFaults: readonly string[] = [errors.internal.text, errors.database.text];
/** Whoever is told so calls no more. */
const endings: readonly string[] = [errors.tokenInvalid.text, errors.userFrozen.text, errors.userDeleted.text];
/** Told to an administrator of those for whom he calls, and to everybody of those about whom he calls. */
const absences: readonly string[] = [errors.userNotFound.text, errors.groupNotFound.text];
/** How the server complains of what the document itself tells. */
const ruleTexts =
  /(must be (a whole number|a text|a list|a JSON object|true or false|from -?\d+ to \d+)|must have at most \d+ |must not be empty|must match)/;

/** Looks whether the answer is one that the document allows. `isPermitted`: the caller may call the endpoint. */
export function judge(document: ApiDocument, call: Call, answer: Answer, isPermitted: boolean): Verdict {
  const { status, text } = answer;
  const { operation } = call;
  const verdict = (fault?: string, message = ''): Verdict => {
    const cut = fault && `${fault} (${status} ${text.slice(0, 150)})`;
    const isAbsent = call.names !== undefined && absences.includes(message);
    return { fault: cut, isRefused: message !== '', isEnded: isAbsent || endings.includes(message) };
  };
  if (status >= 500 && !busyStatuses.includes(status)) return verdict('the server failed');
  if (operation.name === '' || operation.method === 'HEAD') return verdict();
  if (operation.isStream && status < 300) return verdict();
  if (!operation.isStream && status !== 200) return verdict('the HTTP status is not 200');
  const envelope = readEnvelope(text);
  if (!envelope) return verdict('the answer is no envelope');
  const { code, message = '' } = envelope;
  if (code === okCode) {
    if (!('data' in envelope)) return verdict('there is no data');
    if (hasNull(envelope)) return verdict('there is a null in the answer');
    return verdict(call.names && `what is wrong with ${call.names} was taken`);
  }
  if (!document.codes.has(code)) return verdict('the code is not in the document', message);
  if (message === '' || 'data' in envelope) return verdict('the refusal says too little, or too much', message);
  if (ourFaults.some((ours) => message.startsWith(ours))) return verdict('the server failed', message);
  return verdict(isPermitted ? unjust(call, code, message) : undefined, message);
}

/** Of somebody who may call. */
function unjust({ names, rule }: Call, code: number, message: string): string | undefined {
  const isWrong = code === errors.invalidParameter.code;
  if (names && !(isWrong && message.includes(names))) return `the refusal does not name ${names}`;
  return rule === 'valid' && isWrong && ruleTexts.test(message) ? 'what the document allows was refused' : undefined;
}

function readEnvelope(text: string): Envelope<unknown> | undefined {
  try {
    const envelope = JSON.parse(text) as Envelope<unknown>;
    return typeof envelope.code === 'number' ? envelope : undefined;
  } catch {
    return undefined;
  }
}

function hasNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(hasNull);
}
