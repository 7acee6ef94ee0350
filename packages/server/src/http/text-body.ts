import type { FastifyInstance } from 'fastify';
import { ServerError } from '../error.ts';

/** In this scope a body is a text, quoted as JSON or bare, whatever its content type says; handlers find it as `value`. */
export function addTextBody(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => ({
    value: unquoted(body),
  }));
}

function unquoted(body: string): string {
  if (!/^\s*"/.test(body)) return body;
  try {
    return String(JSON.parse(body));
  } catch {
    throw new ServerError('invalidParameter', 'value begins with a quotation mark and is not a JSON string');
  }
}
