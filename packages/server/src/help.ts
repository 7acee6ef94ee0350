import { kebab, options } from './config.ts';

const usage = `flooim [command] [options]

commands
  serve     start the server (the default)
  help      print this
  version   print the version

options
  --config  a JSON file with the same settings (FLOOIM_CONFIG)`;

/** What the command line can do, from the table of settings. */
export function helpText(): string {
  const lines = Object.entries(options).map(([key, option]) => {
    const initial = option.initial && ` Default: ${option.initial}.`;
    return `  --${kebab(key)}  ${option.help} (${option.env}).${initial}`;
  });
  return [usage, ...lines].join('\n');
}
