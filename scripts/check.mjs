// `npm run check`: every gate, two at a time; one line for each, and all that a failing one said. `npm run check -- types` runs
// those whose name has the word in it.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

const gates = [
  ['lint and format', 'biome check --error-on-warnings --colors=off'],
  ['import rules', 'node scripts/check-imports.mjs'],
  ['repository', 'node scripts/check-repository.mjs'],
  ['generated codec', 'node packages/protocol/scripts/generate.mjs --check'],
  ['types: web', 'vue-tsc --noEmit -p packages/web'],
  ['types: server', 'tsc -p packages/server && tsc -p packages/server/test'],
  ['types: sdk', 'tsc -p packages/sdk && tsc -p packages/sdk/test'],
  ['types: protocol', 'tsc -p packages/protocol'],
  ['types: testkit', 'tsc -p packages/testkit'],
  ['types: bench', 'tsc -p bench'],
  ['types: e2e', 'tsc -p e2e'],
  ['types: scripts', 'tsc -p .'],
  [
    'sdk package',
    ['build', 'size', 'check:chunk', 'check:package'].map((script) => `npm run ${script} -w flooim`).join(' && '),
  ],
  ['dead code', 'knip --no-progress'],
];

const wanted = process.argv[2] ?? '';
const waiting = gates.filter(([name]) => name.includes(wanted));
const failed = [];
const total = waiting.length;

await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));

console.log(
  failed.length > 0
    ? `\n${failed.length} of ${total} gates failed: ${failed.join(', ')}`
    : `\nall ${total} gates passed`,
);
process.exitCode = failed.length > 0 || total === 0 ? 1 : 0;

async function worker() {
  for (let gate = waiting.shift(); gate; gate = waiting.shift()) await run(...gate);
}

/** npm put node_modules/.bin first on the PATH, so commands are the repository's own. */
async function run(name, command) {
  const startedMs = performance.now();
  const { code, output } = await capture(command);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(5);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${seconds} s  ${name}`);
  if (code === 0) return;
  failed.push(name);
  console.log(`\n$ ${command}\n${output.trim()}\n`);
}

function capture(command) {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('close', (code) => resolve({ code, output }));
  });
}
