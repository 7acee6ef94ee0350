import type { FastifyInstance } from 'fastify';
import { ServerError } from '../error.ts';

/** No request nests deeper than a list in an object; a little more is ignored, a lot is refused. */
const maxDepth = 16;

/** Takes JSON, and no body at all under any content type; everything else is refused as a wrong parameter. */
export function addJsonBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: unknown, body: string) => {
    if (body.trim() === '') return undefined;
    if (isDeeper(body, maxDepth)) throw new ServerError('invalidParameter', 'the body is nested too deeply');
    try {
      return JSON.parse(body) as unknown;
    } catch {
      throw new ServerError('invalidParameter', 'the body is not valid JSON');
    }
  });
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => {
    if (body.trim() !== '') throw new ServerError('invalidParameter', 'the body must be application/json');
    return undefined;
  });
}

const [quote, backslash, open, close] = [0x22, 0x5c, [0x5b, 0x7b], [0x5d, 0x7d]];

/** Looks at each character once, whatever a stranger sends. */
function isDeeper(json: string, limit: number): boolean {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === quote) inText = !inText;
    else if (inText && code === backslash) i++;
    else if (!inText && open.includes(code)) depth++;
    else if (!inText && close.includes(code)) depth--;
    if (depth > limit) return true;
  }
  return false;
}
