import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startServer, type TestServer, temporaryFolder } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const page = '<!doctype html><title>chat</title>';
const playPage = '<!doctype html><title>play</title>';
let server: TestServer;
let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
  const web = join(folder, 'dist');
  mkdirSync(join(web, 'assets'), { recursive: true });
  writeFileSync(join(web, 'index.html'), page);
  writeFileSync(join(web, 'play.html'), playPage);
  writeFileSync(join(web, 'favicon.svg'), '<svg/>');
  writeFileSync(join(web, '.secret'), 'x');
  writeFileSync(join(web, 'assets', 'index-abc123.js'), 'export {};');
  writeFileSync(join(web, 'assets', 'index-abc123.js.gz'), gzipSync('export {};'));
  writeFileSync(join(web, 'sw.js'), '');
  writeFileSync(join(web, 'manifest.webmanifest'), '{}');
  writeFileSync(join(web, '..', 'outside.txt'), 'x');
  server = await startServer({ web });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const open = (path: string, accept = 'text/html,application/xhtml+xml') =>
  fetch(server.url + path, { headers: { accept } });

describe('the web app', () => {
  it.each(['/', '/index.html', '/login', '/contacts', '/settings', '/c/123', '/c/123?x=1'])(
    'opens at %s, and is asked for anew each time',
    async (path) => {
      const response = await open(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(await response.text()).toBe(page);
    },
  );

  it("has the developer's page beside it, under the same policy", async () => {
    const response = await open('/play?appid=other');
    expect(await response.text()).toBe(playPage);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('content-security-policy')).toBe(
      (await open('/')).headers.get('content-security-policy'),
    );
    expect(await (await open('/players')).text()).toBe(page);
  });

  it('keeps its assets in the browser for good', async () => {
    const response = await open('/assets/index-abc123.js', '*/*');
    expect(response.headers.get('content-type')).toContain('javascript');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect((await open('/favicon.svg', '*/*')).headers.get('cache-control')).toBe('no-cache');
  });

  it('sends the compressed copy of an asset to whom can read it', async () => {
    const path = '/assets/index-abc123.js';
    const compressed = await fetch(server.url + path, { headers: { 'accept-encoding': 'gzip' } });
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    expect(compressed.headers.get('content-type')).toContain('javascript');
    expect(compressed.headers.get('cache-control')).toContain('immutable');
    expect(compressed.headers.get('vary')?.toLowerCase()).toContain('accept-encoding');
    expect(await compressed.text()).toBe('export {};');
    const plain = await fetch(server.url + path, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe('export {};');
  });

  it('asks for its service worker and its manifest anew each time', async () => {
    const worker = await open('/sw.js', '*/*');
    expect(worker.headers.get('content-type')).toContain('javascript');
    expect(worker.headers.get('cache-control')).toBe('no-cache');
    const manifest = await open('/manifest.webmanifest', '*/*');
    expect(manifest.headers.get('content-type')).toContain('application/manifest+json');
    expect(manifest.headers.get('cache-control')).toBe('no-cache');
  });

  it('does not answer for an asset that is gone with its page', async () => {
    const response = await open('/assets/index-old.js');
    expect(response.status).toBe(404);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each(['/../outside.txt', '/%2e%2e/outside.txt', '/..%2foutside.txt', '/assets/..%2f..%2foutside.txt', '/.secret'])(
    'serves nothing but its own files: %s',
    async (path) => {
      expect(await (await open(path, '*/*')).text()).not.toBe('x');
    },
  );

  it('stays out of the way of the API', async () => {
    expect(await (await open('/', '*/*')).json()).toEqual({ code: 200 });
    expect(await (await open('/login', 'application/json')).json()).toMatchObject({ code: 404 });
    const probe = await fetch(`${server.url}/`, { headers: { accept: 'text/html', app_id: 'flooim' } });
    expect(await probe.json()).toEqual({ code: 200 });
  });

  it('is what was built last, also while the server runs', async () => {
    const web = join(folder, 'later');
    const growing = await startServer({ web });
    const get = (path: string) => fetch(growing.url + path, { headers: { accept: 'text/html' } });
    expect((await get('/')).status).toBe(503);
    for (const build of ['1', '2']) {
      mkdirSync(join(web, 'assets'), { recursive: true });
      writeFileSync(join(web, 'index.html'), `<title>${build}</title>`);
      writeFileSync(join(web, 'assets', `index-${build}.js`), `export default ${build};`);
      expect(await (await get('/login')).text()).toBe(`<title>${build}</title>`);
      const asset = await get(`/assets/index-${build}.js`);
      expect(await asset.text()).toBe(`export default ${build};`);
      expect(asset.headers.get('cache-control')).toContain('immutable');
    }
    rmSync(join(web, 'assets', 'index-1.js'));
    expect((await get('/assets/index-1.js')).status).toBe(404);
    await growing.close();
  });

  it('says so where it has not been built', async () => {
    const bare = await startServer({ web: join(folder, 'nothing') });
    const response = await fetch(`${bare.url}/login`, { headers: { accept: 'text/html' } });
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run build')]);
    expect(await (await fetch(`${bare.url}/`)).json()).toEqual({ code: 200 });
    await bare.close();
  });
});
