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
    execArgv: ['--conditions=flooim-source'],
    testTimeout: 15_000,
    hookTimeout: 30_000,
    projects: [
      project('scripts', 'scripts'),
      ...['protocol', 'sdk', 'server', 'testkit', 'web'].map((name) => project(name, `packages/${name}`)),
    ],
  },
});
