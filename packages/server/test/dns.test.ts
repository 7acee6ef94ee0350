import { request } from 'node:http';
import { startServer, type TestServer } from '@flooim/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { addApp, ask } from './support/rest.ts';

let server: TestServer;
afterEach(() => server.close());

const cluster = (data: { dns_list: { clusters: unknown[] }[] }) => data.dns_list[0]?.clusters[0];

/** fetch does not let one choose the Host header. */
function resolve(headers: Record<string, string>): Promise<{ code: number; data: never; message: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((done, fail) => {
    const path = '/v2/app_dns?app_id=flooim&source=sdk';
    request({ hostname, port, path, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => done(JSON.parse(text)));
    })
      .on('error', fail)
      .end();
  });
}

describe('DNS', () => {
  it('answers with the address by which it was asked, for every door', async () => {
    server = await startServer();
    const { code, data } = await ask(server.url, 'dns', { app_id: 'flooim' }, { appId: '' });
    const door = { protocol: 'http', host: new URL(server.url).host };
    expect(code).toBe(200);
    expect(data).toMatchObject({ app_status: 'normal', dns_server_list: [], link_server_list: [] });
    expect(data.dns_list[0].group_level).toBe(0);
    expect(cluster(data)).toEqual({ ratel: [door], webim: [door], rtc: [door], xsync: [{ ...door, path: '/xsync' }] });
  });

  it('answers with the public URL where there is one', async () => {
    server = await startServer({ publicUrl: 'https://im.example.org:8443' });
    const { data } = await resolve({ host: 'evil.example.org' });
    expect(cluster(data)).toMatchObject({ ratel: [{ protocol: 'https', host: 'im.example.org:8443' }] });
    expect(data).toMatchObject({ link_server_list: [{ domain: 'im.example.org:8443' }] });
  });

  it('says that it does not know an app', async () => {
    server = await startServer();
    const unknown = await ask(server.url, 'dns', { app_id: 'no_app' });
    expect([unknown.status, unknown.code]).toEqual([200, 99997]);
  });

  it('tells of an app that is frozen, so that clients can say so', async () => {
    server = await startServer();
    await addApp(server, 'cold', "status = 'frozen'");
    const { code, data } = await ask(server.url, 'dns', { app_id: 'cold' }, { appId: 'cold' });
    expect([code, data.app_status]).toEqual([200, 'frozen']);
  });

  it('believes forwarded headers of a proxy that it was told to trust', async () => {
    server = await startServer({ trustProxy: true });
    const { data } = await resolve({ 'x-forwarded-host': 'im.example.org', 'x-forwarded-proto': 'https' });
    expect(cluster(data)).toMatchObject({ webim: [{ protocol: 'https', host: 'im.example.org' }] });
  });

  it('believes no forwarded headers otherwise', async () => {
    server = await startServer();
    const { data } = await resolve({ 'x-forwarded-host': 'evil.example.org', 'x-forwarded-proto': 'https' });
    expect(cluster(data)).toMatchObject({ webim: [{ protocol: 'http', host: new URL(server.url).host }] });
  });

  it.each(['a/b', 'user@host', 'x y', 'a:99999', '[:::]', '"><script>', `${'a'.repeat(300)}.org`])(
    'refuses the Host "%s"',
    async (host) => {
      server = await startServer();
      const { code, message } = await resolve({ host });
      expect([code, message]).toEqual([10002, expect.stringContaining('Host')]);
    },
  );

  it.each(['im.example.org', '[::1]:4000', '192.0.2.7:80', 'localhost'])('accepts the Host "%s"', async (host) => {
    server = await startServer();
    expect(cluster((await resolve({ host })).data)).toMatchObject({ ratel: [{ host }] });
  });
});
