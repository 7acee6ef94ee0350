import { operationsHelp } from './command-line/operate.ts';
import { kebab, options } from './config.ts';

const usage = `flooim [command] [options]

commands
  serve     start the server (the default)
  help      print this
  version   print the version

operating the server of a data folder, while it runs or not
${operationsHelp()}

  They take --data and --config; user and link commands --app <id> (default: flooim); all --json, for machines.
  A password is made and printed once, or with --password-stdin read from the standard input.

options of serve
  --config  a JSON file with the same settings (FLOOIM_CONFIG)`;

/** What the command line can do, from the tables of commands and settings. */
export function helpText(): string {
  const lines = Object.entries(options).map(([key, option]) => {
    const initial = option.initial && ` Default: ${option.initial}.`;
    return `  --${kebab(key)}  ${option.help} (${option.env}).${initial}`;
  });
  return [usage, ...lines].join('\n');
}
