// Holds the import rules of ARCHITECTURE.md: which package, and inside a package which folder, may import which.
//
//     node scripts/check-imports.mjs
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Where the name of a package leads. */
const packages = {
  '@flooim/protocol': 'packages/protocol/src/index.ts',
  '@flooim/server': 'packages/server/src/server.ts',
  '@flooim/testkit': 'packages/testkit/src/index.ts',
  flooim: 'packages/sdk/src/index.ts',
};

const protocol = 'packages/protocol/src/';
const sdk = 'packages/sdk/src/';
const server = 'packages/server/src/';
const web = 'packages/web/src/';
const sdkFeature = `${sdk}(message|conversation|roster|group|user|file|session)/`;

/** The files that build the parts, or list them: they may import everything. */
const serverRoots = `${server}(main|server|context|handlers|writes|writer-thread)\\.ts$`;

/**
 * A file that matches `from` may not import what matches `to`. `unless` takes a match of either back; where it says `own`, the
 * rule does not hold inside one folder. Names are paths from the repository's root, or the names of foreign modules.
 *
 * @type {{ from: string, to: string, unlessFrom?: string, unlessTo?: string, own?: true, why: string }[]}
 */
const rules = [
  { from: protocol, to: '^(packages|bench|e2e)/', unlessTo: protocol, why: 'the protocol imports no other package' },
  {
    from: sdk,
    to: '^(packages|bench|e2e)/',
    unlessTo: `${sdk}|${protocol}`,
    why: 'of the packages, the SDK imports the protocol alone',
  },
  {
    from: server,
    to: '^(packages|bench|e2e)/',
    unlessTo: `${server}|${protocol}`,
    why: 'of the packages, the server imports the protocol alone',
  },
  {
    from: web,
    to: '^(packages|bench|e2e)/',
    unlessTo: `${web}|${sdk}|${protocol}`,
    why: 'of the packages, the web app imports the SDK and the protocol alone',
  },
  { from: `${protocol}|${web}`, to: '^node:', why: 'it runs in browsers' },
  { from: sdk, to: '^node:', unlessFrom: `${sdk}platform/`, why: 'only platform/ knows where the SDK runs' },

  {
    from: protocol,
    to: `${protocol}gen/`,
    unlessFrom: `${protocol}(frame\\.ts|gen/)`,
    why: 'only frame.ts touches the generated codec',
  },

  {
    from: sdk,
    to: `${sdk}(surface/|(create-)?flooim\\.ts|index\\.ts)`,
    unlessFrom: `${sdk}(surface/|(create-)?flooim\\.ts|flooim-types\\.ts|index\\.ts|iife\\.ts)`,
    why: 'nothing below imports the documented surface',
  },
  {
    from: `${sdk}(sync|connection|rest|storage|platform|event)/`,
    to: sdkFeature,
    why: 'features stand above sync, connection, rest and storage',
  },
  {
    from: `${sdk}(storage|rest|platform|event)/`,
    to: `${sdk}(sync|connection)/`,
    unlessTo: `${sdk}connection/state\\.ts`,
    why: 'storage, rest and platform stand at the bottom',
  },

  {
    from: `${server}.*-(routes|frames)\\.ts$`,
    to: `${server}(.*-(store|writes)\\.ts|store/)`,
    why: 'routes and frame handlers ask a service',
  },
  {
    from: `${server}.*-service\\.ts$`,
    to: `${server}.*-(routes|frames)\\.ts$`,
    why: 'a service knows nothing of routes and frames',
  },
  {
    from: server,
    to: `${server}.*-(store|writes)\\.ts$`,
    unlessFrom: serverRoots,
    // The store of bytes is nobody's in particular, as `store/` is not.
    unlessTo: `${server}blob/`,
    own: true,
    why: "a feature's store is its own: ask its service",
  },
  {
    from: `${server}.*-(store|writes)\\.ts$`,
    to: `${server}(.*-service\\.ts|.*-routes\\.ts|.*-frames\\.ts|delivery/|gateway/|http/)`,
    why: 'a store imports store/ alone',
  },
  { from: `${server}store/`, to: `${server}.*/`, unlessTo: `${server}store/`, why: 'store/ stands at the bottom' },
  {
    from: server,
    to: `${server}delivery/(registry|outbox|.*bus)\\.ts$`,
    unlessFrom: `${server}(delivery|gateway)/|${serverRoots}`,
    why: 'only delivery/ reaches sessions and the bus',
  },
  {
    from: `${server}delivery/`,
    to: `${server}.*/`,
    unlessTo: `${server}(delivery|store)/`,
    why: 'delivery/ knows nothing of what stands above it',
  },
  {
    from: server,
    to: `${server}gateway/`,
    unlessFrom: `${server}gateway/|${serverRoots}|.*-frames\\.ts$`,
    why: 'the gateway stands at the top',
  },
  {
    from: `${server}http/`,
    to: `${server}(.*-(routes|frames|store|writes)\\.ts|gateway/)`,
    unlessTo: `${server}http/`,
    why: 'http/ knows no feature',
  },
];

/** @returns {string[]} one line for each import that a rule forbids. `files` maps a path from the root to the file's text. */
export function findViolations(files) {
  return Object.entries(files).flatMap(([from, text]) =>
    importsOf(from, text).flatMap((to) =>
      rules.filter((rule) => forbids(rule, from, to)).map((rule) => `${from} imports ${to}: ${rule.why}`),
    ),
  );
}

function forbids(rule, from, to) {
  const matches = (pattern, path) => pattern !== undefined && new RegExp(`^(?:${pattern})`).test(path);
  if (!matches(rule.from, from) || !matches(rule.to, to)) return false;
  if (matches(rule.unlessFrom, from) || matches(rule.unlessTo, to)) return false;
  return !(rule.own && posix.dirname(from) === posix.dirname(to));
}

function importsOf(file, text) {
  const script = file.endsWith('.vue')
    ? [...text.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map((m) => m[1]).join('\n')
    : text;
  return ts.preProcessFile(script, true, true).importedFiles.map(({ fileName }) => {
    if (fileName.startsWith('.')) return posix.join(posix.dirname(file), fileName);
    const name = Object.keys(packages).find(
      (candidate) => fileName === candidate || fileName.startsWith(`${candidate}/`),
    );
    return name ? packages[name] : fileName;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const paths = globSync('packages/*/src/**/*.{ts,vue}', { cwd: root });
  const violations = findViolations(
    Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])),
  );
  if (violations.length > 0) console.error(violations.join('\n'));
  else console.log(`${paths.length} files keep the import rules`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
