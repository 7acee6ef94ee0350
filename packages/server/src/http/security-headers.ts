import type { FastifyInstance } from 'fastify';
import { publicOrigin } from '../blob/s3-place.ts';
import type { Config } from '../config.ts';

/** `store`: where pages may bring files by themselves, perhaps nowhere. */
const policyOf = (store: string) => [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https: http:",
  "media-src 'self' blob: https: http:",
  `connect-src 'self' ws: wss: ${store}`.trim(),
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
];

/** What browsers are told about every answer, above all about the web app's pages. */
export function addSecurityHeaders(app: FastifyInstance, config: Config): void {
  const policy = policyOf(publicOrigin(config)).join('; ');
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });
}
