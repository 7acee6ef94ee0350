import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type SpawnedServer, spawnServer, temporaryFolder } from '@flooim/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';

const sdk = fileURLToPath(new URL('../../packages/sdk', import.meta.url));
const dist = temporaryFolder('flooim-dist');
const chunk = '/socketio-socket.js';

let server: SpawnedServer;
let browser: Browser;
/** Serves the pages and the built SDK. */
let site: Server;
/** Serves the built SDK to pages of others. */
let elsewhere: Server;
/** Which files were asked for, and how often the chunk is refused first. */
let asked: string[] = [];
let refusals = 0;

beforeAll(async () => {
  const build = promisify(execFile)('npm', ['run', 'build', '--', '--no-dts', '--out-dir', dist], { cwd: sdk });
  [server, browser, site, elsewhere] = await Promise.all([spawnServer(), launchBrowser(), serve(), serve()]);
  await build;
});
beforeEach(() => {
  asked = [];
  refusals = 0;
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  for (const one of [site, elsewhere]) one?.close();
  rmSync(dist, { recursive: true, force: true });
});

async function serve(): Promise<Server> {
  const files = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const source = sources[path];
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('content-type', path === '/page' ? 'text/html' : 'text/javascript');
    if (path === chunk && refusals-- > 0) response.writeHead(503).end();
    else if (source !== undefined) response.end(source());
    else response.writeHead(404).end();
  });
  files.listen(0, '127.0.0.1');
  await once(files, 'listening');
  return files;
}

const urlOf = (one: Server) => `http://127.0.0.1:${(one.address() as AddressInfo).port}`;

let accounts = 0;

/** Logs in; what it tells is told to whoever made the page or the worker. */
const logIn = (transport: string) => `
  const tell = (result) => typeof document === 'undefined' ? postMessage(result) : (globalThis.told = result);
  async function logIn(flooim) {
    const im = flooim({ appid: 'flooim', dnsServer: '${server.url}/v2/app_dns', transport: '${transport}', storage: 'memory' });
    const errors = [];
    im.on('flooError', ({ category, desc }) => errors.push(category + ': ' + desc));
    im.on('connectionChange', ({ name }) => name === 'online' && tell({ errors }));
    const account = { username: 'ada${++accounts}', password: 'correct horse 1' };
    await im.rosterManage.asyncRegester(account);
    await im.login({ name: account.username, password: account.password });
  }`;
const worker = (options: string) => `<script>
  new Worker('/worker.js', ${options}).onmessage = ({ data }) => { globalThis.told = data; };
</script>`;
const asModule = (transport: string) => `import { flooim } from '/index.js'; ${logIn(transport)} logIn(flooim);`;

const built = (file: string) => () => readFileSync(`${dist}/${file}`, 'utf8');
const sources: Record<string, () => string> = {
  '/index.js': built('index.js'),
  '/flooim.iife.js': built('flooim.iife.js'),
  [chunk]: built('socketio-socket.js'),
};

/** What the page told when it was online. */
async function visit(html: string): Promise<{ page: Page; told: { errors: string[] } }> {
  sources['/page'] = () => `<!doctype html><title>page</title>${html}`;
  const page = await browser.newPage();
  await page.goto(`${urlOf(site)}/page`);
  const told = await page.waitForFunction(() => (globalThis as { told?: { errors: string[] } }).told);
  return { page, told: (await told.jsonValue()) as { errors: string[] } };
}

test('a module gets the code of the transport socketio when it is needed', async () => {
  const { page, told } = await visit(`<script type="module">${asModule('socketio')}</script>`);
  expect(told.errors).toEqual([]);
  expect(asked).toContain(chunk);
  await page.close();
});

test('and not for the default transport', async () => {
  const { page } = await visit(`<script type="module">${asModule('websocket')}</script>`);
  expect(asked).toContain('/index.js');
  expect(asked).not.toContain(chunk);
  await page.close();
});

test('a script of another origin finds it beside itself', async () => {
  const script = `<script src="${urlOf(elsewhere)}/flooim.iife.js"></script>`;
  const { page, told } = await visit(`${script}<script>${logIn('socketio')} logIn(flooIM);</script>`);
  expect(told.errors).toEqual([]);
  await page.close();
});

test('so do workers, those of modules and the others', async () => {
  sources['/worker.js'] = () => asModule('socketio');
  const modern = await visit(worker(`{ type: 'module' }`));
  sources['/worker.js'] = () => `importScripts('/flooim.iife.js'); ${logIn('socketio')} logIn(flooIM);`;
  const classic = await visit(worker('{}'));
  expect([modern.told.errors, classic.told.errors]).toEqual([[], []]);
  expect(asked.filter((path) => path === chunk)).toHaveLength(2);
  await Promise.all([modern.page.close(), classic.page.close()]);
});

test.each([
  ['module', () => `<script type="module">${asModule('socketio')}</script>`],
  ['script', () => `<script src="/flooim.iife.js"></script><script>${logIn('socketio')} logIn(flooIM);</script>`],
])('where it cannot be had at first, the %s says so and gets it later', async (_kind, html) => {
  refusals = 2;
  const { page, told } = await visit(html());
  expect(told.errors).toEqual(Array(2).fill(expect.stringMatching(/^INTERNAL: .*'socketio' cannot be loaded/)));
  await page.close();
});
