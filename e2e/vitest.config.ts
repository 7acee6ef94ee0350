import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['flooim-source', 'module', 'node', 'development|production'] },
  ssr: { resolve: { externalConditions: ['flooim-source', 'node', 'module-sync'] } },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    execArgv: ['--conditions=flooim-source'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
