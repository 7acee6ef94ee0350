/** `npm run demo`: fills a data folder with people and their history, then serves it like `npm start`. */

import { generatePassword } from '../../../server/src/command-line/password.ts';
import { ConfigError, readConfig } from '../../../server/src/config.ts';
import { DataFolderError } from '../../../server/src/data-folder.ts';
import { main } from '../../../server/src/main.ts';
import { DemoRefused, fillDemo, guest } from './fill-demo.ts';
import { people } from './people.ts';

/** Beside the folder of `npm start`, so that a demo never mixes with what is meant. */
const ownFolder = ['--data', './flooim-demo'];

async function demo(args: readonly string[]): Promise<void> {
  const namesFolder = args.some((arg) => /^--data(=|$)/.test(arg)) || process.env['FLOOIM_DATA'];
  const settings = namesFolder ? args : [...args, ...ownFolder];
  const password = generatePassword();
  process.umask(0o077);
  console.log('Making a demo: people, groups and some days of talk…');
  const made = await fillDemo(readConfig(settings), password);
  const others = Object.keys(people).filter((name) => name !== guest);
  console.log(`
${made.people} people and ${made.groups} groups are there. Sign in as

    username  ${guest}
    password  ${password}  (shown this once)

or, in another browser, as one of the others with the same password: ${others.join(', ')}.
`);
  await main(settings);
}

demo(process.argv.slice(2)).catch((error) => {
  const isExpected = [DemoRefused, ConfigError, DataFolderError].some((known) => error instanceof known);
  console.error(isExpected ? `flooim: ${error.message}` : error);
  process.exitCode = 1;
});
