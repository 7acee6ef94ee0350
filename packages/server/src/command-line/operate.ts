import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { appCommands } from './app-commands.ts';
import { type Command, type Given, type Outcome, UsageError } from './command.ts';
import { connectLater } from './connection.ts';
import { userCommands } from './user-commands.ts';

const groups: Readonly<Record<string, Readonly<Record<string, Command>>>> = { app: appCommands, user: userCommands };

/** Whether these arguments operate a server instead of being one. */
export function isOperation(args: readonly string[]): boolean {
  return Object.hasOwn(groups, args[0] ?? '');
}

/** Runs `app ...` or `user ...` on the server of the data folder, and gives what to print. */
export async function operate(args: readonly string[]): Promise<string> {
  const [group = '', name = ''] = args;
  const commands = groups[group] ?? {};
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`use flooim ${group} ${Object.keys(commands).join('|')}`);
  const given = readGiven(`flooim ${group} ${name}`, command, args.slice(2));
  const { data, text } = await run(command, given);
  return given.flags['json'] ? JSON.stringify(data) : text;
}

async function run(command: Command, given: Given): Promise<Outcome> {
  // What a server writes is for its own user alone.
  process.umask(0o077);
  const connection = connectLater(readConfig(configArgs(given.flags)));
  try {
    return await command.run(connection.call, given);
  } finally {
    await connection.close();
  }
}

function readGiven(called: string, command: Command, args: readonly string[]): Given {
  const flags = { ...command.flags, app: '<id>', data: '<folder>', config: '<file>', json: '' };
  const options = Object.entries(flags).map(([flag, value]) => [flag, { type: value ? 'string' : 'boolean' }] as const);
  const { values, positionals } = parse(args, Object.fromEntries(options));
  const [argument = '', ...more] = positionals;
  const isComplete = command.argument ? argument !== '' : argument === '';
  if (!isComplete || more.length > 0)
    throw new UsageError(`use ${[called, command.argument].filter(Boolean).join(' ')}`);
  const app = typeof values['app'] === 'string' ? values['app'] : 'flooim';
  return { argument, app, flags: values };
}

function parse(args: readonly string[], options: Record<string, { type: 'string' | 'boolean' }>) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values: values as Given['flags'], positionals };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Where the server is: the rest of its settings do not matter here. */
function configArgs(flags: Given['flags']): string[] {
  return ['data', 'config'].flatMap((name) => (typeof flags[name] === 'string' ? [`--${name}`, flags[name]] : []));
}

/** One line for each command. */
export function operationsHelp(): string {
  const lines = Object.entries(groups).flatMap(([group, commands]) =>
    Object.entries(commands).map(([name, command]) => {
      const flags = Object.entries(command.flags ?? {}).map(([flag, value]) => `[--${[flag, value].join(' ').trim()}]`);
      const call = [group, name, command.argument, ...flags].filter(Boolean).join(' ');
      return `  ${call}\n            ${command.help}`;
    }),
  );
  return lines.join('\n');
}
