import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const worker = 'sw.js';
/** Beyond it a file is fetched when it is needed: few open the emoji picker in their first minute. */
const mostBytes = 250_000;

interface BuiltFile {
  path: string;
  content: string | Uint8Array;
}

const digest = (files: readonly BuiltFile[]): string => {
  const hash = createHash('sha256');
  for (const { path, content } of files) hash.update(path).update(content);
  return hash.digest('hex').slice(0, 12);
};

function publicFiles(folder: string): BuiltFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const full = join(entry.parentPath, entry.name);
      return { path: full.slice(folder.length).replaceAll('\\', '/'), content: readFileSync(full) };
    });
}

/**
 * Builds the service worker as `/sw.js`, at a name without a hash, and tells it what the app is made of.
 * `serverPaths`: what the server answers itself; the worker leaves it alone.
 */
export function buildWorker(serverPaths: readonly string[]): Plugin {
  let publicFolder = '';
  return {
    name: 'flooim-worker',
    apply: 'build',
    configResolved({ publicDir }) {
      publicFolder = publicDir;
    },
    buildStart() {
      this.emitFile({
        type: 'chunk',
        id: join(import.meta.dirname, 'src/app/worker/service-worker.ts'),
        fileName: worker,
      });
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const built = Object.values(bundle)
          .filter(({ fileName }) => fileName !== worker && !fileName.endsWith('.map'))
          .map((file) => ({ path: `/${file.fileName}`, content: file.type === 'chunk' ? file.code : file.source }));
        const files = [...built, ...publicFiles(publicFolder)]
          .filter(({ content }) => content.length <= mostBytes)
          .sort((a, b) => (a.path < b.path ? -1 : 1));
        const chunk = bundle[worker];
        if (chunk?.type !== 'chunk') throw new Error(`${worker} was not built`);
        const shell = { version: digest(files), files: files.map(({ path }) => path), serverPaths };
        chunk.code = chunk.code.replaceAll('__SHELL__', JSON.stringify(shell));
      },
    },
  };
}
