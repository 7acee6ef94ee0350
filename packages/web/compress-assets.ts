import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /^assets\/.*\.(js|css|json|svg)$/;
/** Below it the headers weigh more than what is saved. */
const leastBytes = 1000;

const asGzip = promisify(gzip);
const asBrotli = promisify(brotliCompress);

async function compress(path: string): Promise<void> {
  const content = await readFile(path);
  if (content.length < leastBytes) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  await Promise.all([
    writeFile(`${path}.gz`, await asGzip(content, { level: 9 })),
    writeFile(`${path}.br`, await asBrotli(content, { params })),
  ]);
}

/** Puts a small copy beside every asset: the server sends it as it is, to whom can read it. */
export function compressAssets(): Plugin {
  return {
    name: 'flooim-compress',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const names = Object.keys(bundle).filter((name) => compressible.test(name));
      await Promise.all(names.map((name) => compress(join(dir, name))));
    },
  };
}
