import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from './config.ts';

export type { Logger };

/** What must never be written, wherever it stands in what is logged. */
const secrets = [
  'password',
  'old_password',
  'new_password',
  'token',
  'access-token',
  's3SecretAccessKey',
  'smsSecret',
  'payload',
  'content',
  'body',
  'headers',
];

/** Structured lines on stdout. They name ids and codes: no tokens, no passwords, nothing that users wrote. */
export function createLog(level: Config['logLevel'], destination?: DestinationStream): Logger {
  const paths = secrets.flatMap((key) => [`["${key}"]`, `*["${key}"]`]);
  const options = { level, base: null, redact: { paths, remove: true } };
  return destination ? pino(options, destination) : pino(options);
}
