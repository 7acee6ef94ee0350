import { startServer, type TestServer } from '@flooim/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../src/store/batch.ts';

let server: TestServer;
afterEach(() => server.close());

const status = async (path: string) => (await fetch(server.url + path)).status;

describe('health', () => {
  it.each(['thread', 'inline'] as const)('is good on a server that runs (%s writer)', async (writer) => {
    server = await startServer({ writer });
    expect([await status('/healthz'), await status('/readyz'), await status('/api/health')]).toEqual([200, 200, 200]);
  });

  it('is alive and not ready while the writer hangs', async () => {
    let finish = () => {};
    const executor = () => ({
      run(jobs: readonly unknown[], done: (outcomes: Outcome[]) => void) {
        finish = () => done(jobs.map(() => ({ ok: true, result: true })));
      },
      close: async () => {},
    });
    server = await startServer({}, { executor });
    const answers = await Promise.all([status('/readyz'), status('/readyz'), status('/healthz')]);
    expect(answers).toEqual([503, 503, 200]);
    finish();
  });

  it('is not ready while the server stops', async () => {
    server = await startServer();
    server.context.stopping = true;
    expect([await status('/readyz'), await status('/healthz')]).toEqual([503, 200]);
  });
});
