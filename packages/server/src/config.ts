import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { limits, staffSources } from '@flooim/protocol';

/** Everything an operator can set. Flags win over the environment, the environment over the file, the file over defaults. */
export interface Config {
  /** The address to listen on. Default: loopback only. */
  host: string;
  /** 0: any free port. Default 4000. */
  port: number;
  /** The folder that holds the database and the server's secrets. Default `./flooim-data`. */
  data: string;
  /** How clients reach the server, e.g. `https://im.example.org`, when DNS should not answer with the request's own host. */
  publicUrl: string;
  /** Believe `X-Forwarded-*` headers: only behind a proxy that sets them. Default false. */
  trustProxy: boolean;
  /** Where the database is written: in a thread of its own, or in the event loop. Default thread. */
  writer: 'thread' | 'inline';
  /** error, warn, info, debug or silent. Default info. */
  logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** Messages and operations a user may send each second, over all his devices. */
  messagesPerSec: number;
  /** How many of them may come at once. */
  messageBurst: number;
  /** Logins, registrations and whatever else costs a password hash, from one address each minute. Default 60. */
  loginsPerMin: number;
  /** Accounts made from one address each hour, half of them at once. Default 300. */
  registrationsPerHour: number;
  /** Requests of one user each second, of any kind; ten times as many may come at once. Default 50. */
  userRequestsPerSec: number;
  /**
   * Requests of any kind from one address each second, of those who are not known to be signed in; twice as many may come at
   * once. Default 500.
   */
  requestsPerSec: number;
  /** Requests with one admin token each second; twice as many may come at once. They do not count for the address. Default 1000. */
  adminRequestsPerSec: number;
  /**
   * Realtime connections from one address that are not signed in yet, at the same time; an IPv6 network counts as one. Default
   * 1000. Those that are belong to users, each of whom has so many devices and no more.
   */
  socketsPerAddress: number;
  /** Those whom visitors can turn to: a username, or `name:source` with one of `staffSources`. Default: nobody. */
  supportStaff: readonly string[];
  /** Members of a group at most; groups keep what held when they were made. */
  groupMembers: number;
  /** The largest file that can be uploaded, in MB of 1024 * 1024 bytes. Default 100. */
  fileMb: number;
  /** What one user may store in files, in MB. Default 5000. */
  userFileMb: number;
  /** The bucket of an S3 store that files go to. Default: none, files are on this machine's disk. */
  s3Bucket: string;
  /** Where that store is, e.g. `https://s3.example.org`. Default: Amazon's, in the region. */
  s3Endpoint: string;
  /** Default us-east-1, which stores without regions take. */
  s3Region: string;
  s3AccessKeyId: string;
  /** For the environment or the file: everybody on the machine can see the flags of a process. */
  s3SecretAccessKey: string;
  /** The folder of the objects in the bucket. Default: none. */
  s3Prefix: string;
  /** Whether the bucket is named in the path or in the host. Default auto: the path where an endpoint is given. */
  s3Addressing: 'auto' | 'path' | 'host';
  /** Where clients reach the store, for downloads straight from it. Default: nowhere, all bytes go through the server. */
  s3PublicEndpoint: string;
  /** Where text messages are handed over, e.g. `https://sms.example.org/send`. Default: nowhere, there is no sign-in by number. */
  smsUrl: string;
  /** What signs them, for the environment or the file. */
  smsSecret: string;
  /** Text messages of one app each hour, at most. Default 1000. */
  smsPerHour: number;
  /** Of them for one address, at most; an IPv6 network counts as one. Default 20. */
  smsPerAddress: number;
  /** The folder of the built web app. Default: the repository's. */
  web: string;
}

/** As settings count file sizes. */
export const megabyte = 1024 * 1024;

type Key = keyof Config;

interface Option {
  env: string;
  help: string;
  initial: string;
}

/** One row for each setting: its environment variable, what it means, its default. Flags have the setting's name in kebab-case. */
export const options: Record<Key, Option> = {
  host: { env: 'FLOOIM_HOST', help: 'address to listen on', initial: '127.0.0.1' },
  port: { env: 'FLOOIM_PORT', help: 'port to listen on, 0 for any', initial: '4000' },
  data: { env: 'FLOOIM_DATA', help: 'folder for the database and secrets', initial: './flooim-data' },
  publicUrl: { env: 'FLOOIM_PUBLIC_URL', help: 'how clients reach the server', initial: '' },
  trustProxy: { env: 'FLOOIM_TRUST_PROXY', help: 'believe X-Forwarded-* headers (true, false)', initial: 'false' },
  writer: { env: 'FLOOIM_WRITER', help: 'where the database is written (thread, inline)', initial: 'thread' },
  logLevel: { env: 'FLOOIM_LOG_LEVEL', help: 'silent, error, warn, info or debug', initial: 'info' },
  messagesPerSec: {
    env: 'FLOOIM_MESSAGES_PER_SEC',
    help: 'messages a user may send each second',
    initial: String(limits.messagesPerSec),
  },
  messageBurst: {
    env: 'FLOOIM_MESSAGE_BURST',
    help: 'messages a user may send at once',
    initial: String(limits.messageBurst),
  },
  loginsPerMin: {
    env: 'FLOOIM_LOGINS_PER_MIN',
    help: 'logins and whatever else checks a password, from one address each minute',
    initial: '60',
  },
  registrationsPerHour: {
    env: 'FLOOIM_REGISTRATIONS_PER_HOUR',
    help: 'accounts made from one address each hour',
    initial: '300',
  },
  userRequestsPerSec: {
    env: 'FLOOIM_USER_REQUESTS_PER_SEC',
    help: 'REST calls of one user each second',
    initial: '50',
  },
  requestsPerSec: {
    env: 'FLOOIM_REQUESTS_PER_SEC',
    help: 'REST calls from one address each second, of those who are not signed in',
    initial: '500',
  },
  adminRequestsPerSec: {
    env: 'FLOOIM_ADMIN_REQUESTS_PER_SEC',
    help: 'REST calls with one admin token each second',
    initial: '1000',
  },
  socketsPerAddress: {
    env: 'FLOOIM_SOCKETS_PER_ADDRESS',
    help: 'realtime connections from one address that are not signed in yet',
    initial: '1000',
  },
  supportStaff: {
    env: 'FLOOIM_SUPPORT_STAFF',
    help: 'usernames, separated by commas, of those whom visitors can turn to; a program is name:chatbot or name:clawchat',
    initial: '',
  },
  groupMembers: {
    env: 'FLOOIM_GROUP_MEMBERS',
    help: 'members of a group made from now on, at most',
    initial: String(limits.groupMembers),
  },
  fileMb: { env: 'FLOOIM_FILE_MB', help: 'the largest file that can be uploaded, in MB', initial: '100' },
  userFileMb: { env: 'FLOOIM_USER_FILE_MB', help: 'what one user may store in files, in MB', initial: '5000' },
  s3Bucket: { env: 'FLOOIM_S3_BUCKET', help: 'keep files in this bucket of an S3 store, not on disk', initial: '' },
  s3Endpoint: { env: 'FLOOIM_S3_ENDPOINT', help: "where the S3 store is, if it is not Amazon's", initial: '' },
  s3Region: { env: 'FLOOIM_S3_REGION', help: 'the region of the bucket', initial: 'us-east-1' },
  s3AccessKeyId: { env: 'FLOOIM_S3_ACCESS_KEY_ID', help: 'who the server is to the S3 store', initial: '' },
  s3SecretAccessKey: {
    env: 'FLOOIM_S3_SECRET_ACCESS_KEY',
    help: 'his secret: better in the environment or the file, others on the machine can see flags',
    initial: '',
  },
  s3Prefix: { env: 'FLOOIM_S3_PREFIX', help: 'the folder in the bucket', initial: '' },
  s3Addressing: {
    env: 'FLOOIM_S3_ADDRESSING',
    help: "whether the bucket's name is in the path or in the host (auto, path, host)",
    initial: 'auto',
  },
  s3PublicEndpoint: {
    env: 'FLOOIM_S3_PUBLIC_ENDPOINT',
    help: 'where clients reach the S3 store, to download straight from it',
    initial: '',
  },
  smsUrl: { env: 'FLOOIM_SMS_URL', help: 'where text messages are handed over to be sent', initial: '' },
  smsSecret: {
    env: 'FLOOIM_SMS_SECRET',
    help: 'what signs them: better in the environment or the file, others on the machine can see flags',
    initial: '',
  },
  smsPerHour: { env: 'FLOOIM_SMS_PER_HOUR', help: 'text messages of one app each hour, at most', initial: '1000' },
  smsPerAddress: { env: 'FLOOIM_SMS_PER_ADDRESS', help: 'of them for one address, at most', initial: '20' },
  web: {
    env: 'FLOOIM_WEB',
    help: 'folder of the built web app',
    initial: fileURLToPath(new URL('../../web/dist', import.meta.url)),
  },
};

/** A setting that cannot be used; the message names it and says what would do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads flags, the environment and the file that `--config` or FLOOIM_CONFIG names (JSON: the same keys). */
export function readConfig(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Config {
  const flags = readFlags(args);
  const file = readFile(flags['config'] ?? env['FLOOIM_CONFIG']);
  const texts = {} as Record<Key, string>;
  for (const key of Object.keys(options) as Key[]) {
    texts[key] = flags[kebab(key)] ?? env[options[key].env] ?? file[key] ?? options[key].initial;
  }
  return parse(texts);
}

/** A config for code that starts a server itself: defaults, and what differs. */
export function defaultConfig(over: Partial<Config> = {}): Config {
  const texts = Object.fromEntries(Object.entries(options).map(([key, option]) => [key, option.initial]));
  return { ...parse(texts as Record<Key, string>), ...over };
}

function readFlags(args: readonly string[]): Record<string, string | undefined> {
  const names = ['config', ...Object.keys(options).map(kebab)];
  const spec = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...args], options: spec, strict: true }).values as Record<string, string>;
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

function readFile(path: string | undefined): Partial<Record<Key, string>> {
  if (!path) return {};
  const content = parseFile(path);
  for (const key of Object.keys(content)) {
    if (!(key in options)) throw new ConfigError(`config file ${path}: unknown setting ${key}`);
  }
  return Object.fromEntries(Object.entries(content).map(([key, value]) => [key, String(value)]));
}

function parse(texts: Record<Key, string>): Config {
  return {
    host: filled('host', texts.host),
    port: whole('port', texts.port, 0, 65535),
    data: resolve(filled('data', texts.data)),
    publicUrl: url('publicUrl', texts.publicUrl, 'https://im.example.org'),
    trustProxy: oneOf('trustProxy', texts.trustProxy, ['true', 'false']) === 'true',
    writer: oneOf('writer', texts.writer, ['thread', 'inline']),
    logLevel: oneOf('logLevel', texts.logLevel, ['silent', 'error', 'warn', 'info', 'debug']),
    messagesPerSec: whole('messagesPerSec', texts.messagesPerSec, 1, 1_000_000),
    messageBurst: whole('messageBurst', texts.messageBurst, 1, 1_000_000),
    loginsPerMin: whole('loginsPerMin', texts.loginsPerMin, 1, 1_000_000),
    registrationsPerHour: whole('registrationsPerHour', texts.registrationsPerHour, 1, 1_000_000),
    userRequestsPerSec: whole('userRequestsPerSec', texts.userRequestsPerSec, 1, 1_000_000),
    requestsPerSec: whole('requestsPerSec', texts.requestsPerSec, 1, 1_000_000),
    adminRequestsPerSec: whole('adminRequestsPerSec', texts.adminRequestsPerSec, 1, 1_000_000),
    socketsPerAddress: whole('socketsPerAddress', texts.socketsPerAddress, 1, 1_000_000),
    supportStaff: staff(texts.supportStaff),
    groupMembers: whole('groupMembers', texts.groupMembers, 1, limits.groupMembersMax),
    fileMb: whole('fileMb', texts.fileMb, 1, limits.fileBytesMax / megabyte),
    userFileMb: whole('userFileMb', texts.userFileMb, 1, 1_000_000_000),
    ...parseS3(texts),
    ...parseSms(texts),
    web: resolve(texts.web),
  };
}

function parseFile(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`config file ${path}: ${(error as Error).message}`);
  }
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch (error) {
    // The rest of what the parser says quotes the file, which may hold secrets.
    const [place = ''] = /\(line \d+ column \d+\)$/.exec((error as Error).message) ?? [];
    throw new ConfigError(`config file ${path}: not JSON ${place}`.trimEnd());
  }
}

type S3Key = Extract<Key, `s3${string}`>;

/** What has no default that would do. */
const s3Required = ['s3Bucket', 's3AccessKeyId', 's3SecretAccessKey'] as const satisfies S3Key[];

/** All of it or nothing: half of it would quietly put files on a disk where nobody expects them. */
function parseS3(given: Record<Key, string>): Pick<Config, S3Key> {
  const keys = (Object.keys(options) as Key[]).filter((key): key is S3Key => key.startsWith('s3'));
  const texts = Object.fromEntries(keys.map((key) => [key, given[key].trim() || options[key].initial])) as Record<
    S3Key,
    string
  >;
  const isWanted = keys.some((key) => texts[key] !== options[key].initial);
  const missing = s3Required.filter((key) => !texts[key]);
  if (isWanted && missing.length > 0)
    throw new ConfigError(`${missing.map(name).join(' and ')} must be given too for files in an S3 store`);
  return {
    s3Bucket: matching('s3Bucket', texts.s3Bucket, /^[a-z0-9][\w.-]{1,61}[a-z0-9]$/i, 'the name of a bucket'),
    s3Endpoint: url('s3Endpoint', texts.s3Endpoint, 'https://s3.example.org'),
    s3Region: matching('s3Region', texts.s3Region, /^[a-z0-9-]+$/, 'the name of a region, such as eu-west-1'),
    s3AccessKeyId: matching('s3AccessKeyId', texts.s3AccessKeyId, /^[^\s/]+$/, 'one word without slashes'),
    s3SecretAccessKey: matching('s3SecretAccessKey', texts.s3SecretAccessKey, /^\S+$/, 'one word'),
    s3Prefix: matching('s3Prefix', texts.s3Prefix, /^[\w-]+(\/[\w-]+)*$/, 'a folder, such as chat/files'),
    s3Addressing: oneOf('s3Addressing', texts.s3Addressing, ['auto', 'path', 'host']),
    s3PublicEndpoint: url('s3PublicEndpoint', texts.s3PublicEndpoint, 'https://s3.example.org'),
  };
}

/** Both or neither: a gateway cannot tell who asks it without the secret. */
function parseSms(texts: Record<Key, string>): Pick<Config, Extract<Key, `sms${string}`>> {
  const [url, secret] = [texts.smsUrl.trim(), texts.smsSecret.trim()];
  if (url && !secret) throw new ConfigError(`${name('smsSecret')} must be given too for text messages`);
  if (secret && !url) throw new ConfigError(`${name('smsUrl')} must be given too for text messages`);
  const smsUrl = matching('smsUrl', url, /^https?:\/\/[^/?#@\s]+([/?][^#\s]*)?$/, 'like https://sms.example.org/send');
  if (smsUrl && !URL.canParse(smsUrl))
    throw new ConfigError(`${name('smsUrl')} must be like https://sms.example.org/send`);
  return {
    smsUrl,
    smsSecret: matching('smsSecret', secret, /^\S{16,}$/, 'one word of at least 16 characters'),
    smsPerHour: whole('smsPerHour', texts.smsPerHour, 4, 1_000_000),
    smsPerAddress: whole('smsPerAddress', texts.smsPerAddress, 4, 1_000_000),
  };
}

/** Never shows what was given: it may be the secret, in the wrong place. */
function matching(key: Key, text: string, shape: RegExp, what: string): string {
  if (text && !shape.test(text)) throw new ConfigError(`${name(key)} must be ${what}`);
  return text;
}

function filled(key: Key, text: string): string {
  if (!text.trim()) throw new ConfigError(`${name(key)} must not be empty`);
  return text.trim();
}

function whole(key: Key, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new ConfigError(`${name(key)} must be a whole number from ${min} to ${max}`);
  return value;
}

function staff(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  for (const item of items) {
    const [, source = staffSources[0], ...more] = item.split(':');
    if (more.length > 0 || !staffSources.some((known) => known === source))
      throw new ConfigError(`${name('supportStaff')} must have one of ${staffSources.join(', ')} after a colon`);
  }
  return items.filter((item) => item !== '');
}

function oneOf<const T extends string>(key: Key, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (!found) throw new ConfigError(`${name(key)} must be one of ${allowed.join(', ')}`);
  return found;
}

function url(key: Key, text: string, example: string): string {
  const isUrl = /^https?:\/\/[^/?#@\s]+$/.test(text) && URL.canParse(text);
  if (text && !isUrl) throw new ConfigError(`${name(key)} must look like ${example}`);
  return text;
}

function name(key: Key): string {
  return `--${kebab(key)} (${options[key].env})`;
}

export function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
