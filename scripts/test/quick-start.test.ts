import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { startServer } from '@flooim/testkit';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

test("the README's quick start sends its message", async () => {
  const server = await startServer();
  try {
    const code = readFileSync(new URL('examples/quick-start.mjs', root), 'utf8').replace(
      'http://127.0.0.1:4000',
      server.url,
    );
    const args = ['--conditions=flooim-source', '--input-type=module', '--eval', code];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 15_000 });
    expect(stdout).toBe('sent\n');
  } finally {
    await server.close();
  }
}, 30_000);
