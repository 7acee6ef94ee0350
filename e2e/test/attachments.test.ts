import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ContentType, encodeMessageBody, limits, MessageType, Namespace } from '@flooim/protocol';
import { callRest, RawClient, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser, CDPSession, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';
import { landscape, noise } from './png.ts';
import { choose, downloadBy, drag, loaded, png, scrollTo, swipe } from './with-files.ts';

const password = 'correct-horse-1';
const clip = readFileSync(fileURLToPath(new URL('../fixtures/clip.webm', import.meta.url)));
/** Without it a server makes no covers of videos, and clients show none. */
const hasFfmpeg = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'ffmpeg')));

let server: SpawnedServer;
let browser: Browser;
let alice: Visitor;
let bob: Visitor;
let line: CDPSession;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What alice's line carries; 0 bytes a second: nothing at all. */
async function carry(uploadBytesPerSec: number): Promise<void> {
  await line.send('Network.emulateNetworkConditions', {
    offline: uploadBytesPerSec === 0,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: uploadBytesPerSec,
  });
}
const unlimited = -1;

async function register(username: string): Promise<{ uid: number; token: string }> {
  await callRest(server.url, 'userRegister', { username, password });
  const { user_id: uid, token } = await callRest(server.url, 'tokenByName', { name: username, password });
  return { uid, token };
}

async function openChat(visitor: Visitor, other: number): Promise<void> {
  await visitor.logIn(password);
  await visitor.open(`/c/${other}`);
  await visitor.at('composer-input').waitFor();
}

const picture = (visitor: Visitor, name: string): Locator =>
  visitor.page.getByRole('button', { name: `Open picture ${name}`, exact: true });

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  alice = await Visitor.arrive(browser, server.url, 'alice', { permissions: ['clipboard-read', 'clipboard-write'] });
  bob = await Visitor.arrive(browser, server.url, 'bob', { colorScheme: 'dark' });
  const [a, b] = [await register('alice'), await register('bob')];
  // Both are open to all: asked is befriended.
  await callRest(server.url, 'rosterApply', { user_id: b.uid }, a);
  await Promise.all([openChat(alice, b.uid), openChat(bob, a.uid)]);
  line = await alice.page.context().newCDPSession(alice.page);
  await line.send('Network.enable');
});
afterEach(() => carry(unlimited));
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('files between two people', () => {
  test('a chosen picture waits above the composer, and goes with its words after it', async () => {
    await alice.at('attach').click();
    await alice.at('attach-media').waitFor();
    await alice.shoot('attach-menu');
    const [chooser] = await Promise.all([alice.page.waitForEvent('filechooser'), alice.at('attach-media').click()]);
    expect(chooser.isMultiple()).toBe(true);
    await chooser.setFiles(png('hills.png', landscape(1200, 800, 0.55)));
    await loaded(alice.at('tray-file').locator('img'));
    await alice.at('composer-input').fill('The hills this morning');
    await alice.shoot('tray');
    await alice.page.keyboard.press('Enter');
    await alice.sees('The hills', 'read');
    await loaded(picture(bob, 'hills.png').locator('img'));
    expect(await bob.at('message').last().textContent()).toContain('The hills this morning');
    await bob.shoot('picture-dark');
  });

  test('the place of a picture is kept before it is there', async () => {
    const box = await picture(bob, 'hills.png').boundingBox();
    expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(1.5, 1);
  });

  test('pasted pictures and dropped files go in their order; what cannot be sent is told and left out', async () => {
    await alice.at('composer-input').focus();
    await alice.page.evaluate(
      async (base64) => {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })]);
      },
      landscape(500, 700, 0.05).toString('base64'),
    );
    await alice.page.keyboard.press('Control+V');
    await alice.at('tray-file').waitFor();
    const report = {
      name: 'quarterly report.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.4 not much'),
    };
    const empty = { name: 'nothing.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) };
    const archive = { name: 'photos.zip', mimeType: 'application/zip', buffer: randomBytes(3_000) };
    await drag(alice, ['dragenter', 'dragover'], [report, empty, archive]);
    await alice.at('drop-target').waitFor();
    await alice.shoot('drop-target');
    await drag(alice, ['drop'], [report, empty, archive]);
    await alice.at('toast').filter({ hasText: 'nothing.txt' }).waitFor();
    await expect.poll(() => alice.at('tray-file').count()).toBe(3);
    await alice.shoot('tray-three');
    await alice.at('send').click();
    await bob.message('photos.zip').waitFor();
    const texts = await bob.at('message').allTextContents();
    const order = ['quarterly report.pdf', 'photos.zip'].map((name) => texts.findIndex((text) => text.includes(name)));
    expect(order[0]).toBeLessThan(order[1] as number);
    await loaded(picture(bob, 'image.png').locator('img'));
    expect(await alice.at('tray-file').count()).toBe(0);
  });

  test('words beside a picture of them, as office programs copy them, stay words', async () => {
    await alice.at('composer-input').focus();
    await alice.page.evaluate(
      async (base64) => {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        const parts = {
          'text/plain': new Blob(['A1\tB1'], { type: 'text/plain' }),
          'text/html': new Blob(['<table><tr><td>A1</td><td>B1</td></tr></table>'], { type: 'text/html' }),
          'image/png': new Blob([bytes], { type: 'image/png' }),
        };
        await navigator.clipboard.write([new ClipboardItem(parts)]);
      },
      landscape(60, 40, 0.4).toString('base64'),
    );
    await alice.page.keyboard.press('Control+V');
    await expect.poll(() => alice.at('composer-input').inputValue()).toBe('A1\tB1');
    expect(await alice.at('tray-file').count()).toBe(0);
    await alice.at('composer-input').fill('');
  });

  test('Escape takes back what was not sent, and only then leaves', async () => {
    await choose(alice, png('mistake.png', landscape(80, 80, 0.2)), png('other.png', landscape(80, 80, 0.3)));
    await alice.at('tray-remove').first().click();
    await expect.poll(() => alice.at('tray-file').count()).toBe(1);
    await alice.at('composer-input').press('Escape');
    await expect.poll(() => alice.at('tray-file').count()).toBe(0);
    await alice.at('composer-input').waitFor();
  });

  test('a file comes down as it went up, under its name', async () => {
    const bytes = randomBytes(70_000);
    await choose(alice, { name: 'Ünïcode 文件 %41.bin', mimeType: 'application/octet-stream', buffer: bytes });
    await alice.page.keyboard.press('Enter');
    const card = bob.message('Ünïcode').getByTestId('attachment');
    await card.waitFor();
    const saved = await downloadBy(bob, card);
    expect(sha256(saved.bytes)).toBe(sha256(bytes));
    expect(saved.name).toBe('Ünïcode 文件 %41.bin');
    expect(new URL(bob.page.url()).pathname).toMatch(/^\/c\//);
  });

  test('the way of each file can be watched, and stopped', async () => {
    await carry(90_000);
    const [first, second] = [png('slow.png', noise(700, 500)), png('stopped.png', noise(500, 500))];
    await choose(alice, first, second, { name: 'slow.bin', mimeType: '', buffer: randomBytes(900_000) });
    await alice.page.keyboard.press('Enter');
    await expect.poll(() => alice.at('transfer').count()).toBe(3);
    const percents = () =>
      alice.at('progress').evaluateAll((rings) => rings.map((ring) => Number(ring.getAttribute('aria-valuenow'))));
    const underWay = async () => (await percents()).filter((percent) => percent > 2 && percent < 100).length;
    await expect.poll(underWay, { timeout: 20_000 }).toBe(3);
    await alice.shoot('uploading');
    await alice.page.getByRole('button', { name: 'Cancel sending stopped.png' }).click();
    await expect.poll(() => alice.at('transfer').count()).toBe(2);
    await carry(unlimited);
    await bob.message('slow.bin').waitFor({ timeout: 30_000 });
    await expect.poll(() => alice.at('transfer').count()).toBe(0);
    await loaded(picture(bob, 'slow.png').locator('img'));
    expect(await picture(bob, 'stopped.png').count()).toBe(0);
  });

  test('leaving the page while a file is under way is asked about', async () => {
    await carry(20_000);
    await choose(alice, { name: 'half.bin', mimeType: '', buffer: randomBytes(400_000) });
    await alice.page.keyboard.press('Enter');
    await alice.at('transfer').waitFor();
    const [dialog] = await Promise.all([
      alice.page.waitForEvent('dialog'),
      alice.page.evaluate(() => setTimeout(() => location.reload(), 0)),
    ]);
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await alice.at('transfer-cancel').click();
    await expect.poll(() => alice.at('transfer').count()).toBe(0);
    await carry(unlimited);
  });

  test('a line that breaks during an upload costs nothing but time', async () => {
    const bytes = randomBytes(1_200_000);
    await carry(100_000);
    await choose(alice, { name: 'through the tunnel.bin', mimeType: '', buffer: bytes });
    await alice.page.keyboard.press('Enter');
    await expect
      .poll(async () => Number(await alice.at('progress').getAttribute('aria-valuenow')), { timeout: 20_000 })
      .toBeGreaterThan(10);
    await carry(0);
    await alice.at('transfer').getByText('Waiting for a connection').waitFor({ timeout: 30_000 });
    await alice.shoot('upload-offline');
    await carry(unlimited);
    const card = bob.message('through the tunnel').getByTestId('attachment');
    await card.waitFor({ timeout: 60_000 });
    expect(sha256((await downloadBy(bob, card)).bytes)).toBe(sha256(bytes));
    await expect.poll(() => alice.at('transfer').count()).toBe(0);
  });

  test('so does a server that dies during an upload', async () => {
    const bytes = randomBytes(1_200_000);
    await carry(100_000);
    await choose(alice, { name: 'phoenix.bin', mimeType: '', buffer: bytes });
    await alice.page.keyboard.press('Enter');
    await expect
      .poll(async () => Number(await alice.at('progress').getAttribute('aria-valuenow')), { timeout: 20_000 })
      .toBeGreaterThan(10);
    await server.kill9();
    await alice.at('transfer').getByText('Waiting for a connection').waitFor({ timeout: 30_000 });
    await carry(unlimited);
    await server.restart();
    const card = bob.message('phoenix').getByTestId('attachment');
    await card.waitFor({ timeout: 60_000 });
    expect(sha256((await downloadBy(bob, card)).bytes)).toBe(sha256(bytes));
    await expect.poll(() => alice.at('transfer').count()).toBe(0);
  });

  test('the viewer works by keyboard, from one picture to the next, and gives the focus back', async () => {
    await scrollTo(bob, picture(bob, 'hills.png'), 'up');
    await picture(bob, 'hills.png').focus();
    await bob.page.keyboard.press('Enter');
    await bob.at('viewer').waitFor();
    expect(await loaded(bob.at('viewer-picture'))).toEqual({ width: 1200, height: 800 });
    await bob.shoot('viewer');
    await bob.page.keyboard.press('ArrowRight');
    await bob.at('viewer-count').getByText('2 of 3').waitFor();
    // Until the next one is there, the one before may be.
    await expect.poll(() => loaded(bob.at('viewer-picture'))).toEqual({ width: 500, height: 700 });
    await bob.page.keyboard.press('+');
    await bob.page.keyboard.press('+');
    await expect.poll(() => bob.at('viewer-zoom-out').isEnabled()).toBe(true);
    await bob.shoot('viewer-enlarged');
    await bob.page.keyboard.press('0');
    await expect.poll(() => bob.at('viewer-zoom-out').isEnabled()).toBe(false);
    await bob.page.mouse.move(640, 400);
    await bob.page.mouse.wheel(0, -300);
    await expect.poll(() => bob.at('viewer-zoom-out').isEnabled()).toBe(true);
    await bob.page.mouse.dblclick(640, 400);
    await expect.poll(() => bob.at('viewer-zoom-out').isEnabled()).toBe(false);
    // Tab stays inside.
    for (let i = 0; i < 8; i++) await bob.page.keyboard.press('Tab');
    expect(await bob.page.evaluate(() => !!document.activeElement?.closest('[role=dialog]'))).toBe(true);
    await bob.page.keyboard.press('ArrowLeft');
    await bob.at('viewer-count').getByText('1 of 3').waitFor();
    const saved = await downloadBy(bob, bob.at('viewer-download'));
    expect(sha256(saved.bytes)).toBe(sha256(landscape(1200, 800, 0.55)));
    await bob.page.keyboard.press('Escape');
    await bob.at('viewer').waitFor({ state: 'detached' });
    const opened = await picture(bob, 'hills.png').getAttribute('data-picture');
    const focused = () => bob.page.evaluate(() => document.activeElement?.getAttribute('data-picture'));
    await expect.poll(focused).toBe(opened);
  });

  test('a video shows its cover, and plays where it stands when somebody starts it', async () => {
    await choose(alice, { name: 'clip.webm', mimeType: 'video/webm', buffer: clip });
    await loaded(alice.at('tray-file').locator('img'));
    await alice.page.keyboard.press('Enter');
    const play = bob.at('message').getByTestId('play-video');
    await scrollTo(bob, play, 'down');
    if (hasFfmpeg) await loaded(play.getByTestId('picture'));
    await bob.shoot('video-cover');
    expect(await bob.at('video').count()).toBe(0);
    await play.click();
    await expect
      .poll(() => bob.at('video').evaluate((video: HTMLVideoElement) => video.videoWidth), { timeout: 20_000 })
      .toBe(320);
    await bob.shoot('video-playing');
  });

  test('a file that is too large for the server is refused before it is sent, with words and a way out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flooim-'));
    const path = join(folder, 'film.mkv');
    writeFileSync(path, '');
    // A hole, which takes no room.
    truncateSync(path, limits.fileBytes + 1);
    await alice.at('file-input').setInputFiles(path);
    await alice.page.getByText('“film.mkv” is too large').waitFor();
    expect(await alice.at('tray-file').count()).toBe(0);
    // Whoever could not learn that hears it from the server.
    await alice.page.route('**/app/config**', (route) => route.abort());
    await alice.page.reload();
    await alice.at('file-input').setInputFiles(path);
    await alice.at('tray-file').waitFor();
    await alice.at('composer-input').press('Enter');
    await alice.at('transfer-failed').getByText('too large').waitFor({ timeout: 30_000 });
    await alice.shoot('upload-refused');
    expect(await alice.at('transfer-retry').count()).toBe(0);
    await alice.at('transfer-remove').click();
    await expect.poll(() => alice.at('transfer').count()).toBe(0);
    await alice.page.unroute('**/app/config**');
    rmSync(folder, { recursive: true });
  });

  test('a picture that its sender takes back is gone for both, also from the viewer', async () => {
    await choose(alice, png('oops.png', landscape(300, 300, 0.8)));
    await alice.page.keyboard.press('Enter');
    await scrollTo(bob, picture(bob, 'oops.png'), 'down');
    await loaded(picture(bob, 'oops.png').locator('img'));
    await picture(bob, 'oops.png').click();
    await bob.at('viewer').waitFor();
    const sent = alice.at('message').filter({ has: picture(alice, 'oops.png') });
    await sent.getByTestId('mark-read').waitFor({ state: 'attached' });
    await picture(alice, 'oops.png').click({ button: 'right' });
    await alice.at('menu-recall').click();
    await bob.at('viewer').waitFor({ state: 'detached' });
    await bob.at('recalled').waitFor();
    expect(await picture(bob, 'oops.png').count()).toBe(0);
    await picture(alice, 'oops.png').waitFor({ state: 'detached' });
  });

  test('what strangers write as an attachment is shown as what it is, and nothing of it is followed', async () => {
    let asked = 0;
    const elsewhere = createServer((_request, response) => response.end(String(++asked))).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const site = `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const gone = `${server.url}/file/download/chat?file_sign=${'A'.repeat(22)}`;
    const attachments: [ContentType, Record<string, unknown>][] = [
      [ContentType.IMAGE, { url: `http://${site}/pixel.png`, dName: 'elsewhere.png', width: 1, height: 1 }],
      [ContentType.IMAGE, { url: 'javascript:document.title=1', dName: 'script.png' }],
      [ContentType.FILE, { url: gone, dName: 'holiday\u202Egpj.exe', fLen: '<b>1</b>' }],
      [ContentType.VIDEO, { url: gone, dName: 'no video.mp4', width: 1e12, height: -1, duration: 'x' }],
      [ContentType.IMAGE, { url: gone, dName: 'gone.png', width: 1, height: 99_999, placeholder: 'A'.repeat(3000) }],
    ];
    const grant = await callRest(server.url, 'tokenByName', { name: 'alice', password });
    const device = await RawClient.login(server.url, {
      uid: grant.user_id,
      token: grant.token,
      guid: 'alice’s script',
    });
    const to = { uid: Number(await alice.at('chat').getAttribute('data-uid')) };
    attachments.forEach(([ctype, attachment], i) => {
      const body = { type: MessageType.CHAT, ctype, attachment: JSON.stringify(attachment) };
      device.sync({ meta: { id: i + 1, to, ns: Namespace.MESSAGE, payload: encodeMessageBody(body) } });
    });
    await scrollTo(bob, bob.at('media-problem').filter({ hasText: 'gone.png' }), 'down');
    await bob.at('media-problem').getByText('The file is no longer there.').waitFor();
    await bob.shoot('hostile-attachments');
    const link = bob.message('elsewhere.png').getByTestId('attachment');
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(await link.textContent()).toContain(site);
    expect(await bob.message('script.png').locator('a, button[data-testid=attachment], img').count()).toBe(0);
    expect(await bob.message('holidaygpj.exe').count()).toBe(1);
    await bob.message('holidaygpj.exe').getByTestId('attachment').click();
    await bob.at('toast').filter({ hasText: 'no longer there' }).waitFor();
    expect(asked).toBe(0);
    expect(await bob.page.title()).toContain('flooim');
    device.close();
    elsewhere.close();
  });

  test('on a phone, by day and by night', async () => {
    const looks = { light: 'en-US', dark: 'zh-CN' } as const;
    async function look(colorScheme: keyof typeof looks): Promise<void> {
      const phone = await Visitor.arrive(browser, server.url, 'bob', {
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        isMobile: true,
        deviceScaleFactor: 2,
        colorScheme,
        locale: looks[colorScheme],
      });
      await phone.logIn(password);
      await phone.conversation('alice').click();
      const slow = phone.page.locator('[data-testid=open-picture][aria-label*="slow.png"]');
      await scrollTo(phone, slow, 'up');
      await phone.shoot(`phone-files-${colorScheme}`);
      await slow.tap();
      await loaded(phone.at('viewer-picture'));
      await phone.shoot(`phone-viewer-${colorScheme}`);
      const place = await phone.at('viewer-count').textContent();
      await swipe(phone, 300, 60);
      await expect.poll(() => phone.at('viewer-count').textContent()).not.toBe(place);
      await swipe(phone, 60, 300);
      await expect.poll(() => phone.at('viewer-count').textContent()).toBe(place);
      await phone.page.goBack();
      await phone.at('viewer').waitFor({ state: 'detached' });
      await phone.at('composer-input').waitFor();
      await phone.at('file-input').setInputFiles([
        png('one.png', landscape(400, 300, 0.1)),
        png('two.png', landscape(300, 400, 0.6)),
        {
          name: 'a rather long name of a report, second version, final.docx',
          mimeType: '',
          buffer: randomBytes(50_000),
        },
      ]);
      await expect.poll(() => phone.at('tray-file').locator('img').count()).toBe(2);
      await phone.shoot(`phone-tray-${colorScheme}`);
      expect(phone.complaints).toEqual([]);
      await phone.page.context().close();
    }
    await Promise.all([look('light'), look('dark')]);
  });

  test('without a single error in the pages', () => {
    expect([...alice.complaints, ...bob.complaints]).toEqual([]);
  });

  test('a picture that is on its way before the browser has looked at it keeps no memory', async () => {
    await alice.page.evaluate(() => {
      const page = Object.assign(window, { kept: new Set<string>(), look: () => {} });
      const looked = new Promise<void>((resolve) => Object.assign(page, { look: resolve }));
      const { createImageBitmap, URL } = window;
      const [create, revoke] = [URL.createObjectURL.bind(URL), URL.revokeObjectURL.bind(URL)];
      page.createImageBitmap = ((...given: [Blob]) => looked.then(() => createImageBitmap(...given))) as never;
      URL.createObjectURL = (blob) => {
        const url = create(blob);
        page.kept.add(url);
        return url;
      };
      URL.revokeObjectURL = (url) => {
        page.kept.delete(url);
        revoke(url);
      };
    });
    const kept = () => alice.page.evaluate(() => (window as never as { kept: Set<string> }).kept.size);
    // He may have been led elsewhere before, and is taken nowhere against his will.
    await bob.at('messages').press('End');
    await bob.at('to-newest').waitFor({ state: 'detached' });
    await choose(alice, png('quick.png', landscape(300, 200, 0.3)));
    await expect.poll(kept).toBe(1);
    await alice.page.keyboard.press('Enter');
    await picture(bob, 'quick.png').waitFor();
    await expect.poll(() => alice.at('transfer').count()).toBe(0);
    await alice.page.evaluate(() => (window as never as { look: () => void }).look());
    await expect.poll(kept).toBe(0);
  });
});
