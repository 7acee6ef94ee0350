// Holds the documents to what is there: npm commands that exist, links and paths that lead somewhere, the two READMEs alike, and
// a lockfile that works with any registry and on any machine.
//
//     node scripts/check-repository.mjs
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path) => readFileSync(join(root, path), 'utf8');
const scriptsOf = (folder) => {
  const manifest = join(folder, 'package.json');
  return existsSync(join(root, manifest)) ? Object.keys(JSON.parse(read(manifest)).scripts ?? {}) : [];
};

const documents = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md', 'bench/*.md', 'e2e/*.md'], { cwd: root });
const complaints = [
  ...documents.flatMap(complaintsAbout),
  ...unlikeReadmes(),
  ...quickStart(),
  ...lockfileHosts(),
  ...lockfileGaps(),
];

if (complaints.length > 0) console.error(complaints.join('\n'));
process.exitCode = complaints.length > 0 ? 1 : 0;

function complaintsAbout(document) {
  const text = read(document);
  const all = (pattern) => [...text.matchAll(pattern)].map((match) => match[1]);
  const scripts = new Set([...scriptsOf('.'), ...scriptsOf(dirname(document)), 'install', 'ci']);
  const here = (path) => existsSync(join(root, dirname(document), path)) || existsSync(join(root, path));
  return [
    ...[...all(/\bnpm run ([\w:-]+)/g), ...all(/\bnpm (start|test)\b/g)]
      .filter((name) => !scripts.has(name))
      .map((name) => `${document}: there is no npm script ${name}`),
    ...all(/\]\((?!\w+:|#)([^)#\s]+)/g)
      .filter((path) => !here(path))
      .map((path) => `${document}: the link to ${path} leads nowhere`),
    ...all(/`((?:packages|bench|e2e|scripts|docs|examples)\/[\w./-]+)`/g)
      .filter((path) => !here(path))
      .map((path) => `${document}: there is no ${path}`),
  ];
}

/** The same sections with the same commands and code, in two languages. */
function unlikeReadmes() {
  const outline = (path) => {
    const blocks = [...read(path).matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(
      ([, language, code]) => `${language}:${code.replace(/ *(#|\/\/) .*$/gm, '')}`,
    );
    const headings = [...read(path).matchAll(/^#+ /gm)].map(([marks]) => marks);
    return JSON.stringify([headings, blocks]);
  };
  return outline('README.md') === outline('README.zh-CN.md')
    ? []
    : ['README.md and README.zh-CN.md differ in sections or code'];
}

/** What the README shows is a file that can be run. */
function quickStart() {
  const shown = read('README.md').match(/^```js\n(.*?)^```$/ms)?.[1];
  return shown && read('examples/quick-start.mjs').includes(shown)
    ? []
    : ['README.md and examples/quick-start.mjs differ'];
}

function lockfileHosts() {
  const hosts = new Set(
    [...read('package-lock.json').matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map((match) => match[1]),
  );
  return [...hosts].map((host) => `package-lock.json names the host ${host}`);
}

/** Without an entry for every optional package, those for other machines too, `npm ci` refuses the whole lockfile. */
function lockfileGaps() {
  const { packages } = JSON.parse(read('package-lock.json'));
  const names = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  return Object.values(packages)
    .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
    .filter((name) => !names.has(name))
    .map((name) => `package-lock.json has no entry for the optional package ${name}`);
}
