import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { appCommands } from './app-commands.ts';
import { type Command, type Given, type Outcome, UsageError } from './command.ts';
import { connectLater } from './connection.ts';
import { type FolderCommand, folderCommands } from './folder-commands.ts';
import { linkCommands } from './link-commands.ts';
import { userCommands } from './user-commands.ts';

const groups: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  app: appCommands,
  user: userCommands,
  link: linkCommands,
};

/** Whether these arguments operate a server instead of being one. */
export function isOperation(args: readonly string[]): boolean {
  return Object.hasOwn(groups, args[0] ?? '') || Object.hasOwn(folderCommands, args[0] ?? '');
}

/**
 * Runs `app ...`, `user ...` or `link ...` on the server of the data folder, `backup` or `restore` on the folder itself, and
 * gives what to print.
 */
export async function operate(args: readonly string[]): Promise<string> {
  const [group = '', name = ''] = args;
  const alone = Object.hasOwn(folderCommands, group) ? folderCommands[group] : undefined;
  if (alone) return operateFolder(group, alone, args.slice(1));
  const commands = groups[group] ?? {};
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`use flooim ${group} ${Object.keys(commands).join('|')}`);
  const given = readGiven(`flooim ${group} ${name}`, command, args.slice(2), { app: '<id>' });
  return print(given, await run(command, given));
}

async function operateFolder(name: string, command: FolderCommand, args: readonly string[]): Promise<string> {
  const given = readGiven(`flooim ${name}`, command, args);
  process.umask(0o077);
  return print(given, await command.run(readConfig(configArgs(given.flags)), given));
}

function print({ flags }: Given, { data, text }: Outcome): string {
  return flags['json'] ? JSON.stringify(data) : text;
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

function readGiven(
  called: string,
  command: Pick<Command, 'argument' | 'flags'>,
  args: readonly string[],
  common: Command['flags'] = {},
): Given {
  const flags = { ...command.flags, ...common, data: '<folder>', config: '<file>', json: '' };
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
  const grouped = Object.entries(groups).flatMap(([group, commands]) =>
    Object.entries(commands).map(([name, command]) => helpLine(`${group} ${name}`, command)),
  );
  const alone = Object.entries(folderCommands).map(([name, command]) => helpLine(name, command));
  return [...grouped, ...alone].join('\n');
}

function helpLine(name: string, { argument, flags = {}, help }: Omit<Command, 'run'>): string {
  const known = Object.entries(flags).map(([flag, value]) => `[--${[flag, value].join(' ').trim()}]`);
  return `  ${[name, argument, ...known].filter(Boolean).join(' ')}\n            ${help}`;
}
