import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { S3Signer } from '../src/blob/s3-signer.ts';
import { type Key, refusal, signatureOf, type WireRequest } from './support/sigv4.ts';

/** The examples of the "Signature Version 4" pages of Amazon's S3 API reference. */
const key: Key = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const timeMs = Date.UTC(2013, 4, 24);
const signer = new S3Signer({ accessKeyId: key.id, secretAccessKey: key.secret, region: 'us-east-1' });
const bucket = 'https://examplebucket.s3.amazonaws.com';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const nothing = { 'x-amz-content-sha256': hashOf('') };

interface Example {
  what: string;
  method: string;
  target: string;
  headers: Record<string, string>;
  signed: string;
  signature: string;
}

const examples: Example[] = [
  {
    what: 'GET of a range',
    method: 'GET',
    target: '/test.txt',
    headers: { ...nothing, range: 'bytes=0-9' },
    signed: 'host;range;x-amz-content-sha256;x-amz-date',
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    what: 'PUT of an object',
    method: 'PUT',
    target: '/test%24file.text',
    headers: {
      'x-amz-content-sha256': hashOf('Welcome to Amazon S3.'),
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    },
    signed: 'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    what: 'GET of a setting',
    method: 'GET',
    target: '/?lifecycle',
    headers: nothing,
    signed: 'host;x-amz-content-sha256;x-amz-date',
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    what: 'GET of a list',
    method: 'GET',
    target: '/?max-keys=2&prefix=J',
    headers: nothing,
    signed: 'host;x-amz-content-sha256;x-amz-date',
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
];

describe('a signed request', () => {
  it.each(examples)('of the documentation, $what, has the signature that stands there', async (example) => {
    const { method, target, signed, signature } = example;
    const headers = await signer.headers(method, new URL(target, bucket), example.headers, timeMs);
    const scope = '20130524/us-east-1/s3/aws4_request';
    expect(headers['authorization']).toBe(
      `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    );
    expect(headers['host']).toBe('examplebucket.s3.amazonaws.com');
    expect(refusal({ method, target, headers }, key, timeMs)).toBeUndefined();
  });

  it('is one whatever is in it, by a second implementation', async () => {
    const name = fc.stringMatching(/^[\w-]{1,40}(\.\w{1,16})?$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/);
    const asked = fc.record({ name, type: value, size: fc.nat(), body: fc.string(), timeMs: fc.nat(4e12) });
    await fc.assert(
      fc.asyncProperty(asked, async ({ name, type, size, body, timeMs }) => {
        const headers = { 'content-type': type, 'content-length': String(size), 'x-amz-content-sha256': hashOf(body) };
        const url = new URL(`http://127.0.0.1:9000/files/${name}`);
        const signed = await signer.headers('PUT', url, headers, timeMs);
        const request: WireRequest = { method: 'PUT', target: url.pathname, headers: signed };
        expect(refusal(request, key, timeMs)).toBeUndefined();
        const changed = { ...signed, 'content-length': String(size + 1) };
        expect(refusal({ ...request, headers: changed }, key, timeMs)).toBe('SignatureDoesNotMatch');
        expect(refusal({ ...request, target: `${url.pathname}x` }, key, timeMs)).toBe('SignatureDoesNotMatch');
        expect(refusal(request, { ...key, secret: 'another' }, timeMs)).toBe('SignatureDoesNotMatch');
      }),
      { numRuns: 200 },
    );
  });
});

describe('a signed link', () => {
  it('of the documentation is the one that stands there', async () => {
    const link = new URL(await signer.link('GET', new URL('/test.txt', bucket), {}, timeMs, 86_400));
    expect(Object.fromEntries(link.searchParams)).toEqual({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': `${key.id}/20130524/us-east-1/s3/aws4_request`,
      'X-Amz-Date': '20130524T000000Z',
      'X-Amz-Expires': '86400',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    });
  });

  it('is one whatever is in it, by a second implementation, until its time is over', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, text, fc.integer({ min: 1, max: 604_800 }), async (type, disposition, ttlSec) => {
        const url = new URL('http://127.0.0.1:9000/files/abc.t480');
        url.searchParams.set('response-content-type', type);
        url.searchParams.set('response-content-disposition', disposition);
        const link = await signer.link('GET', url, {}, timeMs, ttlSec);
        const request = { method: 'GET', target: link.slice(url.origin.length), headers: { host: url.host } };
        expect(refusal(request, key, timeMs + ttlSec * 1000)).toBeUndefined();
        expect(refusal(request, key, timeMs + ttlSec * 1000 + 1)).toBe('AccessDenied');
        const longer = request.target.replace(`X-Amz-Expires=${ttlSec}`, `X-Amz-Expires=${ttlSec + 1}`);
        expect(refusal({ ...request, target: longer }, key, timeMs)).toBe('SignatureDoesNotMatch');
      }),
      { numRuns: 200 },
    );
  });

  it.each([0, -1, 1.5, Number.NaN, 604_801])('for %s s is not made', async (ttlSec) => {
    await expect(signer.link('GET', new URL(bucket), {}, timeMs, ttlSec)).rejects.toThrow(RangeError);
  });
});

it('The second implementation comes to what the documentation says by itself', () => {
  const date = '20130524T000000Z';
  for (const { method, target, headers, signed, signature } of examples) {
    const sent = { ...headers, host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': date };
    const payload = String(headers['x-amz-content-sha256']);
    const said = { date, day: '20130524', region: 'us-east-1', headers: signed.split(';'), payload };
    expect(signatureOf({ method, target, headers: sent }, said, key.secret)).toBe(signature);
  }
});
