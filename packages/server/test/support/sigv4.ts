import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A request as it is on the wire. */
export interface WireRequest {
  method: string;
  /** Path and query, as sent. */
  target: string;
  headers: IncomingHttpHeaders;
}

export interface Key {
  id: string;
  secret: string;
}

const hex64 = /^[0-9a-f]{64}$/;

/**
 * AWS Signature Version 4 as its documentation describes it, from what is on the wire: a second opinion on what our signer
 * does. Gives the code that a store would refuse the request with; undefined where it would not.
 */
export function refusal(request: WireRequest, key: Key, nowMs: number): string | undefined {
  const query = pairsOf(request.target);
  const signed = query.has('X-Amz-Signature') ? fromQuery(query) : fromHeaders(request.headers);
  if (!signed) return 'AccessDenied';
  const [id, day = '', region = '', ...rest] = signed.credential.split('/');
  if (id !== key.id) return 'InvalidAccessKeyId';
  if (rest.join('/') !== 's3/aws4_request' || !signed.date.startsWith(day)) return 'AuthorizationHeaderMalformed';
  if (!signed.headers.includes('host')) return 'AccessDenied';
  const age = nowMs - timeOf(signed.date);
  if (signed.ttlSec === undefined ? Math.abs(age) > 900_000 : age > signed.ttlSec * 1000) return 'AccessDenied';
  const signature = signatureOf(request, { ...signed, day, region }, key.secret);
  return signature === signed.signature ? undefined : 'SignatureDoesNotMatch';
}

interface Signed {
  credential: string;
  date: string;
  headers: string[];
  /** A hash, or that it is not signed. */
  payload: string;
  signature: string;
  /** Of a link. */
  ttlSec?: number;
}

/** What the request would have to be signed with. */
export function signatureOf(
  { method, target, headers }: WireRequest,
  signed: Pick<Signed, 'date' | 'headers' | 'payload'> & { day: string; region: string },
  secret: string,
): string {
  const [path = ''] = target.split('?');
  const canonical = [
    method,
    path
      .split('/')
      .map((part) => strict(decodeURIComponent(part)))
      .join('/'),
    canonicalQuery(target),
    ...signed.headers.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replaceAll(/ +/g, ' ')}`,
    ),
    '',
    signed.headers.join(';'),
    signed.payload,
  ].join('\n');
  const scope = `${signed.day}/${signed.region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', signed.date, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  );
  let key: string | Buffer = `AWS4${secret}`;
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(toSign).digest('hex');
}

function canonicalQuery(target: string): string {
  const pairs = [...pairsOf(target)].filter(([name]) => name !== 'X-Amz-Signature');
  const lines = pairs.map(([name, value]) => `${strict(name)}=${strict(value)}`);
  return lines.sort().join('&');
}

function pairsOf(target: string): Map<string, string> {
  const [, query = ''] = target.split('?');
  const pairs = query.split('&').filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split('=').map(decodeURIComponent);
      return [name, value];
    }),
  );
}

/** All but letters, digits and `-._~`. */
function strict(text: string): string {
  const bytes = [...Buffer.from(text)];
  return bytes
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[\w.~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function fromHeaders(headers: IncomingHttpHeaders): Signed | undefined {
  const shape = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
  const [, credential = '', names = '', signature = ''] = shape.exec(headers.authorization ?? '') ?? [];
  const [date, payload] = [headers['x-amz-date'], headers['x-amz-content-sha256']].map(String);
  if (!signature || !date || !payload || !hex64.test(payload)) return undefined;
  return { credential, date, headers: names.split(';'), payload, signature };
}

function fromQuery(query: Map<string, string>): Signed {
  const of = (name: string) => query.get(`X-Amz-${name}`) ?? '';
  return {
    credential: of('Credential'),
    date: of('Date'),
    headers: of('SignedHeaders').split(';'),
    payload: 'UNSIGNED-PAYLOAD',
    signature: of('Signature'),
    ttlSec: Number(of('Expires')),
  };
}

/** Of `20130524T000000Z`. */
function timeOf(date: string): number {
  return Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
}
