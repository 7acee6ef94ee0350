import { type AppDetails, maxId } from '@flooim/protocol';
import { megabyte } from '../config.ts';
import { type Command, type Given, type Outcome, UsageError } from './command.ts';
import { table } from './table.ts';

/** What an operator does to apps. */
export const appCommands: Readonly<Record<string, Command>> = {
  list: {
    help: 'all apps',
    run: async (call) => tell(await call('operatorApps', {})),
  },
  create: {
    argument: '<id>',
    help: 'make an app',
    flags: { name: '<name>' },
    run: async (call, { argument, flags }) =>
      tell(await call('operatorAppCreate', { app_id: argument, name: text(flags['name']) })),
  },
  set: {
    argument: '<id>',
    help: 'change an app',
    flags: {
      name: '<name>',
      status: 'normal|banned|frozen|revoked',
      'user-limit': '<number, 0 for none>',
      'file-limit': '<MB, 0 for none>',
      'licence-expires': '<date|never>',
      'open-registration': 'true|false',
      strangers: 'true|false',
    },
    run: async (call, given) => tell(await call('operatorAppUpdate', { app_id: given.argument, ...readChange(given) })),
  },
  token: {
    argument: '<id>',
    help: 'make an admin token for the services of an app',
    async run(call, { argument }) {
      const data = await call('operatorAppToken', { app_id: argument });
      return { data, text: data.token };
    },
  },
  'end-tokens': {
    argument: '<id>',
    help: 'end all admin tokens of an app',
    async run(call, { argument }) {
      const data = await call('operatorAppTokensEnd', { app_id: argument });
      return { data, text: `the admin tokens of ${argument} have ended` };
    },
  },
  moved: {
    argument: '<id>',
    help: 'tell all clients of an app to look up its service anew',
    async run(call, { argument }) {
      const data = await call('operatorAppMoved', { app_id: argument });
      return { data, text: `${data.sessions} sessions were told` };
    },
  },
};

function tell(data: AppDetails | AppDetails[]): Outcome {
  const heading = [
    'APP',
    'NAME',
    'STATUS',
    'USERS',
    'LIMIT',
    'FILES',
    'FILE LIMIT',
    'LICENCE EXPIRES',
    'REGISTRATION',
    'STRANGERS',
  ];
  const rows = [data]
    .flat()
    .map((app) => [
      app.app_id,
      app.name,
      app.status,
      String(app.users),
      app.user_limit === 0 ? 'none' : String(app.user_limit),
      megabytes(app.file_bytes),
      app.file_bytes_limit === 0 ? 'none' : megabytes(app.file_bytes_limit),
      app.licence_expires_at === 0 ? 'never' : new Date(app.licence_expires_at).toISOString(),
      app.open_registration ? 'open' : 'closed',
      app.strangers_may_chat ? 'may chat' : 'may not chat',
    ]);
  return { data, text: table(heading, rows) };
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / megabyte)} MB`;
}

function readChange({ flags }: Given) {
  const { name, status } = flags;
  const change = {
    name: text(name),
    status: text(status),
    user_limit: read(flags, 'user-limit', readCount),
    file_bytes_limit: read(flags, 'file-limit', readMegabytes),
    licence_expires_at: read(flags, 'licence-expires', readDate),
    open_registration: read(flags, 'open-registration', readTruth),
    strangers_may_chat: read(flags, 'strangers', readTruth),
  };
  if (Object.values(change).every((value) => value === undefined)) throw new UsageError('set: say what to change');
  return change;
}

function text(flag: string | boolean | undefined): string | undefined {
  return typeof flag === 'string' ? flag : undefined;
}

function read<T>(flags: Given['flags'], name: string, reader: (given: string) => T | undefined): T | undefined {
  const given = text(flags[name]);
  if (given === undefined) return undefined;
  const value = reader(given);
  const wanted = appCommands['set']?.flags?.[name];
  if (value === undefined) throw new UsageError(`--${name} must be ${wanted}`);
  return value;
}

function readCount(given: string): number | undefined {
  const count = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  return count <= maxId ? count : undefined;
}

/** Bytes, as REST has it. */
function readMegabytes(given: string): number | undefined {
  const bytes = (readCount(given) ?? Number.NaN) * megabyte;
  return bytes <= maxId ? bytes : undefined;
}

/** Milliseconds since the epoch, as REST has it. */
function readDate(given: string): number | undefined {
  if (given === 'never') return 0;
  const day = /^\d{4}-\d{2}-\d{2}/.exec(given)?.[0] ?? '';
  const time = isDay(day) ? Date.parse(given) : Number.NaN;
  return time > 0 ? time : undefined;
}

/** JavaScript takes the 31st of February for one of March. */
function isDay(day: string): boolean {
  const start = Date.parse(day);
  return start > 0 && new Date(start).toISOString().startsWith(day);
}

function readTruth(given: string): boolean | undefined {
  return given === 'true' || (given === 'false' ? false : undefined);
}
