import { defineConfig } from 'vitest/config';

/** The SDK's sources instead of its build, then what vite would take by itself. */
const conditions = ['flooim-source', 'module', 'node', 'development|production'];

const project = (name: string, folder: string) => ({
  extends: true as const,
  test: { name, root: folder, include: ['test/**/*.test.ts'] },
});

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['flooim-source', 'node', 'module-sync'] } },
  test: {
    environment: 'node',
    // Real servers, child processes and worker threads: a process for each file, and room for the machine's other work.
    pool: 'forks',
    maxWorkers: 2,
    // Threads that come and go while others load TypeScript hit a fault of V8: see packages/server/bin/flooim.js.
    execArgv: ['--conditions=flooim-source', '--wasm-wrapper-tiering-budget=1000000000'],
    testTimeout: 15_000,
    hookTimeout: 30_000,
    projects: [
      project('scripts', 'scripts'),
      ...['protocol', 'sdk', 'server', 'testkit', 'web'].map((name) => project(name, `packages/${name}`)),
    ],
  },
});
