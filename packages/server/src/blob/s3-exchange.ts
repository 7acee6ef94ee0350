import { createReadStream } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { S3Error } from './s3-error.ts';

/** Larger bodies wait until the store wants them: it cannot refuse what already comes without cutting the connection. */
const announcedBytes = 1024 * 1024;
/** Not every store says that it wants them. */
const announcementMs = 1000;

export interface S3Exchange {
  /** For errors: the method and the object. */
  what: string;
  method: string;
  url: URL;
  /** With `content-length` where there is a body. */
  headers: Record<string, string>;
  body?: { path: string; size: number };
  agent: http.Agent;
  /** How long the store may say nothing while something is expected of it. */
  silenceMs: number;
}

/** Sends one request, once, and resolves with the answer's head, whatever its status. Only the store's faults are `S3Error`s. */
export function exchange({
  what,
  method,
  url,
  headers,
  body,
  agent,
  silenceMs,
}: S3Exchange): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const { request: start } = url.protocol === 'https:' ? https : http;
  const isAnnounced = body !== undefined && body.size > announcedBytes;
  const request = start(url, {
    method,
    agent,
    headers: { ...headers, 'accept-encoding': 'identity', ...(isAnnounced && { expect: '100-continue' }) },
  });
  request.on('error', (cause) => reject(new S3Error(`no answer to ${what}: ${cause.message}`, { cause })));
  request.on('response', (answer) => {
    const { statusCode = 0 } = answer;
    if (!request.writableEnded && statusCode < 300)
      return request.destroy(new Error(`${statusCode} before the store had everything`));
    // A connection on which half a body was sent is of no more use.
    if (!request.writableEnded) answer.once('close', () => request.destroy());
    resolve(answer);
  });
  endSilence(request, silenceMs);
  if (!body?.size) request.end();
  else if (isAnnounced) announce(request, () => sendFile(request, body, reject));
  else sendFile(request, body, reject);
  return promise;
}

function announce(request: http.ClientRequest, send: () => void): void {
  const settle = (proceed?: () => void) => {
    clearTimeout(timer);
    request.off('continue', onContinue).off('response', onRefusal).off('close', onRefusal);
    proceed?.();
  };
  const onContinue = () => settle(send);
  const onRefusal = () => settle();
  const timer = setTimeout(onContinue, announcementMs);
  request.on('continue', onContinue).on('response', onRefusal).on('close', onRefusal);
  request.flushHeaders();
}

function sendFile(
  request: http.ClientRequest,
  { path, size }: { path: string; size: number },
  fail: (error: Error) => void,
): void {
  const file = createReadStream(path, { end: size - 1 });
  file.on('error', (error) => {
    fail(error);
    request.destroy();
  });
  request.once('response', () => file.destroy());
  request.once('close', () => file.destroy());
  file.pipe(request);
}

/** Ends an exchange in which the store says nothing for too long, at whatever point. */
function endSilence(request: http.ClientRequest, silenceMs: number): void {
  let answer: http.IncomingMessage | undefined;
  request.once('response', (response) => {
    answer = response;
  });
  request.once('socket', (socket: Socket) => {
    let moved = -1;
    const onSilence = () => {
      const before = moved;
      moved = socket.bytesRead + socket.bytesWritten;
      // After a standstill of this process bytes may lie there unread: only the second time counts. And who reads slowly is
      // no fault of the store.
      const isExcused = moved !== before || answer?.complete || (answer?.readableLength ?? 0) > 0;
      if (isExcused) socket.setTimeout(silenceMs / 2);
      else (answer ?? request).destroy(new Error(`the store was silent for ${silenceMs / 1000} s`));
    };
    socket.setTimeout(silenceMs / 2);
    socket.on('timeout', onSilence);
    request.once('close', () => socket.off('timeout', onSilence));
  });
}
