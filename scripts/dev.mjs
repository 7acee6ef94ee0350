// `npm run dev`: the server, started again when its sources change, and vite's server for the web app, which hands the API on to
// it. What stands after `--` goes to the server. When one of them ends, so does the other.
import { spawn } from 'node:child_process';

const commands = [
  ['--watch', '--watch-preserve-output', 'packages/server/bin/flooim.js', 'serve', ...process.argv.slice(2)],
  ['node_modules/vite/bin/vite.js', 'packages/web'],
];

const children = commands.map((args) => spawn(process.execPath, args, { stdio: 'inherit' }));

function endAll(code) {
  process.exitCode ??= code;
  for (const child of children) child.kill('SIGTERM');
}

for (const child of children) child.on('exit', (code) => endAll(code ?? 1));
// A terminal sends Ctrl-C to the children too; a plain kill reaches only this process.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => endAll(0));
