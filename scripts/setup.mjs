// Makes a clone ready, before `npm start`, `npm test` and the rest do their work: installs the packages when they are missing
// or not those of package-lock.json and, with --web, builds the web app when it is missing or older than its sources. Quick and
// silent when there is nothing to do. Runs on the machine's own Node, which may be an old one, with no packages installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockFile = join(root, 'package-lock.json');
const webDist = join(root, 'packages/web/dist');
const webStamp = join(root, 'node_modules/.cache/flooim/web-build');

/** What the web app is built from: the SDK and the protocol go into it as sources. */
const webSources = ['packages/web', 'packages/sdk', 'packages/protocol'];
const notSources = new Set(['node_modules', 'dist', 'test', 'README.md']);

const install = !packagesAreCurrent();
const inputs = process.argv.includes('--web') ? webInputs() : undefined;
const build = inputs !== undefined && (install || !webIsCurrent(inputs));

if (install || build) {
  const jobs = [install && 'installing packages', build && 'building the web app'].filter(Boolean).join(' and ');
  console.log(`Setting up flooim: ${jobs}${install ? ', about a minute' : ''}…`);
}
if (install) {
  npm(['ci', '--include=dev', '--no-audit', '--no-fund'], 'The packages could not be installed.', [
    'Check the connection to the npm registry and the room on the disk, then run the same command again.',
  ]);
}
if (build) {
  rmSync(webStamp, { force: true });
  npm(['run', 'build', '--workspace=@flooim/web'], 'The web app could not be built.', [
    'Mend what the build complains about, or put the sources back, then run the same command again.',
  ]);
  mkdirSync(dirname(webStamp), { recursive: true });
  writeFileSync(webStamp, inputs);
}

/** npm writes what it installed, at the very end, into a lockfile of its own: an install that was cut off has none. */
function packagesAreCurrent() {
  const installed = readJson(join(root, 'node_modules/.package-lock.json'));
  if (!installed) return false;
  return Object.entries(readJson(lockFile).packages).every(([path, wanted]) => {
    if (path === '' || wanted.extraneous) return true;
    const found = installed.packages[path];
    // Optional packages are left out where they do not fit the machine.
    if (!found) return Boolean(wanted.optional || wanted.devOptional || wanted.peer);
    return wanted.version === found.version && wanted.integrity === found.integrity && existsSync(join(root, path));
  });
}

function webIsCurrent(wanted) {
  return existsSync(join(webDist, 'index.html')) && existsSync(webStamp) && readFileSync(webStamp, 'utf8') === wanted;
}

function webInputs() {
  const hash = createHash('sha256').update(readFileSync(lockFile));
  for (const file of webSources.flatMap((folder) => sourceFiles(folder))) {
    hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function sourceFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !notSources.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? sourceFiles(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]));
}

/** Runs the npm that runs this script, and shows what it said only when it failed. */
function npm(args, failure, advice) {
  const { npm_node_execpath: node = process.execPath, npm_execpath: cli } = process.env;
  const [command, ...rest] = cli ? [node, cli, ...args] : ['npm', ...args];
  const shell = !cli && process.platform === 'win32';
  const result = spawnSync(command, rest, { cwd: root, encoding: 'utf8', shell, maxBuffer: 64 << 20 });
  if (result.status === 0) return;
  const said = [result.stdout, result.stderr, result.error?.message].filter(Boolean).join('\n').trim();
  console.error([said, '', failure, ...advice].join('\n'));
  process.exit(1);
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
