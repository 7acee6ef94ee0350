import { ContentType, encodeMessageBody, MessageType, Namespace } from '@flooim/protocol';
import { callRest, RawClient, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';

const password = 'correct-horse-1';
const soon = { timeout: 30_000 };

let server: SpawnedServer;
let browser: Browser;
let alice: Visitor;
let bob: Visitor;
let aliceId: number;
let bobId: number;

async function register(username: string): Promise<{ uid: number; token: string }> {
  await callRest(server.url, 'userRegister', { username, password });
  const { user_id, token } = await callRest(server.url, 'tokenByName', { name: username, password });
  return { uid: user_id, token };
}

beforeAll(async () => {
  // The fake microphone beeps once a second.
  [server, browser] = await Promise.all([spawnServer(), launchBrowser(['--use-fake-device-for-media-stream'])]);
  const [a, b] = [await register('alice'), await register('bob')];
  [aliceId, bobId] = [a.uid, b.uid];
  // Both are open to all: asked is befriended.
  await callRest(server.url, 'rosterApply', { user_id: bobId }, { token: a.token });
  alice = await Visitor.arrive(browser, server.url, 'alice', { permissions: ['microphone'] });
  bob = await Visitor.arrive(browser, server.url, 'bob', { permissions: [] });
  await alice.page.addInitScript(() => {
    const opened: MediaStreamTrack[] = [];
    Object.assign(window, { opened });
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted);
      opened.push(...stream.getTracks());
      return stream;
    };
  });
  await alice.logIn(password);
  await bob.logIn(password);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** A photo, wider than it is high: green at the left, blue at the right, with a face of sorts. */
function photo(page: Page): Promise<Buffer> {
  return page
    .evaluate(async () => {
      const canvas = document.createElement('canvas');
      canvas.width = 1600;
      canvas.height = 1000;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      const sky = context.createLinearGradient(0, 0, 1600, 0);
      sky.addColorStop(0, '#2f9e44');
      sky.addColorStop(0.5, '#ffd8a8');
      sky.addColorStop(1, '#1971c2');
      context.fillStyle = sky;
      context.fillRect(0, 0, 1600, 1000);
      context.fillStyle = '#ffe8cc';
      context.beginPath();
      context.ellipse(800, 520, 230, 290, 0, 0, 7);
      context.fill();
      context.fillStyle = '#343a40';
      for (const x of [710, 890]) context.fillRect(x - 22, 440, 44, 44);
      context.fillRect(700, 640, 200, 26);
      return canvas.toDataURL('image/png').split(',')[1] as string;
    })
    .then((base64) => Buffer.from(base64, 'base64'));
}

/** Waits until a picture stands where the selector says, and gives its side in pixels. */
async function pictureSide(page: Page, within: string): Promise<number> {
  const picture = page.locator(`${within} [data-testid=avatar-picture]`).first();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth), soon).toBeGreaterThan(0);
  return picture.evaluate((image: HTMLImageElement) => image.naturalWidth);
}

function pictureUrl(page: Page, within: string): Promise<string | null> {
  return page.locator(`${within} [data-testid=avatar-picture]`).first().getAttribute('src');
}

/** Begins a recording and lets it run for some seconds. */
async function record(visitor: Visitor, seconds: number): Promise<void> {
  await visitor.at('record').click();
  await visitor.at('recorder-send').and(visitor.page.locator(':enabled:focus')).waitFor();
  const recorded = async () => Number((await visitor.at('recorder-time').textContent())?.split(':')[1]);
  await expect.poll(recorded, soon).toBeGreaterThanOrEqual(seconds);
}

/** No microphone is open any more. */
async function expectSilence(visitor: Visitor): Promise<void> {
  const open = () =>
    visitor.page.evaluate(() => {
      const { opened } = window as unknown as { opened: MediaStreamTrack[] };
      return [opened.length > 0, opened.filter(({ readyState }) => readyState === 'live').length];
    });
  await expect.poll(open, soon).toEqual([true, 0]);
}

async function position(voice: Locator): Promise<number> {
  return Number(await voice.getAttribute('data-position'));
}

/**
 * Looked at in each frame of the page: what lasts a second is not missed by a busy machine, if it is begun
 * before what makes it play.
 */
async function plays(voice: Locator, beyond = 0): Promise<void> {
  await voice.evaluate(
    (element, least) =>
      new Promise<void>((resolve) => {
        const look = () => {
          const { state, position } = element.dataset;
          if (state === 'playing' && Number(position) > least) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
    beyond,
  );
}

async function rests(voice: Locator): Promise<void> {
  await expect.poll(() => voice.getAttribute('data-state'), soon).toBe('paused');
}

const phoneLook = { viewport: { width: 390, height: 844 }, hasTouch: true };

describe('a photo of oneself', () => {
  test('is refused with words when it is none', async () => {
    await alice.open('/settings');
    await alice.at('avatar-editor').waitFor();
    await alice.shoot('avatar-none');
    await alice
      .at('avatar-input')
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await alice.page.getByText('That is no picture').waitFor();
    await alice
      .at('avatar-input')
      .setInputFiles({ name: 'bad.png', mimeType: 'image/png', buffer: Buffer.from('bad') });
    await alice.page.getByText('cannot open the picture').waitFor();
    await alice.at('crop-dialog').waitFor({ state: 'detached' });
  });

  test('is moved by keys and pointer, zoomed, and seen by a friend without a reload', async () => {
    await bob.open('/contacts');
    await bob.at('friend').filter({ hasText: 'alice' }).click();
    await bob.at('person').waitFor();
    const buffer = await photo(alice.page);
    await alice.at('avatar-input').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer });
    await alice.at('crop-save').and(alice.page.locator(':enabled')).waitFor();
    await alice.shoot('avatar-crop');
    await alice.at('crop-stage').focus();
    const preview = () => alice.at('crop-preview').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const first = await preview();
    await alice.page.keyboard.press('ArrowRight');
    await expect.poll(preview, soon).not.toBe(first);
    await alice.page.keyboard.press('ArrowLeft');
    await expect.poll(preview, soon).toBe(first);
    await alice.at('crop-stage').hover();
    await alice.page.mouse.wheel(0, -200);
    await expect.poll(() => alice.at('crop-zoom').inputValue().then(Number), soon).toBeGreaterThan(1);
    const zoomed = await preview();
    await alice.page.mouse.down();
    await alice.page.mouse.move(700, 400, { steps: 4 });
    await alice.page.mouse.up();
    await expect.poll(preview, soon).not.toBe(zoomed);
    await alice.page.keyboard.press('-');
    await expect.poll(() => alice.at('crop-zoom').inputValue(), soon).toBe('1');
    await alice.at('crop-save').click();
    await alice.at('crop-dialog').waitFor({ state: 'detached' });
    await pictureSide(alice.page, '[data-testid=avatar-editor]');
    await alice.shoot('avatar-set');
    await pictureSide(bob.page, '[data-testid=person]');
    await pictureSide(bob.page, `[data-testid=friend][data-uid="${aliceId}"]`);
    await bob.shoot('avatar-seen');
  });

  test('that could not be uploaded is still there, cropped, for another try', async () => {
    const buffer = await photo(alice.page);
    await alice.at('avatar-input').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer });
    await alice.at('crop-save').and(alice.page.locator(':enabled')).waitFor();
    await alice.at('crop-zoom').fill('3');
    const asked = '**/file/upload/avatar/user**';
    await alice.page.route(asked, (route) => route.abort());
    await alice.at('crop-save').click();
    await alice.at('crop-failure').getByText('cannot be reached').waitFor();
    await alice.shoot('avatar-failed');
    expect(await alice.at('crop-zoom').inputValue()).toBe('3');
    await alice.page.unroute(asked);
    const held = Promise.withResolvers<void>();
    await alice.page.route(asked, (route) => held.promise.then(() => route.continue()).catch(() => {}));
    await alice.at('crop-save').click();
    await alice.at('crop-progress').waitFor();
    await alice.at('crop-cancel').click();
    await alice.at('crop-progress').waitFor({ state: 'detached' });
    expect(await alice.at('crop-failure').count()).toBe(0);
    held.resolve();
    await alice.page.unroute(asked);
    const before = await pictureUrl(bob.page, '[data-testid=person]');
    await alice.at('crop-save').click();
    await alice.at('crop-dialog').waitFor({ state: 'detached' });
    await expect.poll(() => pictureUrl(bob.page, '[data-testid=person]'), soon).not.toBe(before);
    await pictureSide(bob.page, '[data-testid=person]');
  });

  test('can be dropped, fits on a phone in the dark, and is given up by Escape', async () => {
    const phone = await Visitor.arrive(browser, server.url, 'alice', { ...phoneLook, colorScheme: 'dark' });
    await phone.logIn(password);
    await phone.open('/settings');
    await pictureSide(phone.page, '[data-testid=avatar-editor]');
    await phone.shoot('avatar-phone-dark');
    const base64 = (await photo(phone.page)).toString('base64');
    const dataTransfer = await phone.page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
      transfer.items.add(new File([bytes], 'me.png', { type: 'image/png' }));
      return transfer;
    }, base64);
    for (const event of ['dragenter', 'dragover', 'drop']) {
      await phone.at('avatar-editor').dispatchEvent(event, { dataTransfer });
    }
    await phone.at('crop-save').and(phone.page.locator(':enabled')).waitFor();
    await phone.at('crop-zoom').fill('1.6');
    await phone.shoot('avatar-crop-phone-dark');
    await phone.page.keyboard.press('Escape');
    await phone.at('crop-dialog').waitFor({ state: 'detached' });
    expect(phone.complaints).toEqual([]);
    await phone.page.context().close();
  });

  test('can be removed', async () => {
    await alice.at('avatar-remove').click();
    await alice.at('confirm-yes').click();
    await alice.at('avatar-remove').waitFor({ state: 'detached' });
    await expect.poll(() => bob.page.locator('[data-testid=person] img').count(), soon).toBe(0);
    await bob.at('person').getByText('A', { exact: true }).waitFor();
  });
});

describe('a voice message', () => {
  test('is recorded, sent with Enter, and played by the other, who moves in it by keys', async () => {
    await bob.open(`/c/${aliceId}`);
    await bob.at('composer-input').waitFor();
    await alice.open(`/c/${bobId}`);
    const begunAt = Date.now();
    await record(alice, 2);
    await alice.shoot('voice-recording');
    await alice.page.keyboard.press('Enter');
    const longest = (Date.now() - begunAt) / 1000;
    await alice.at('recorder').waitFor({ state: 'detached' });
    await expectSilence(alice);
    const [own, theirs] = [alice.at('voice').first(), bob.at('voice').first()];
    await Promise.all([own.waitFor(), theirs.waitFor()]);
    await theirs.getByTestId('voice-unheard').waitFor();
    const length = (await theirs.getByTestId('voice-time').textContent()) ?? '';
    expect(length).toMatch(/^0:\d\d$/);
    expect(Number(length.split(':')[1])).toBeGreaterThanOrEqual(2);
    expect(Number(length.split(':')[1])).toBeLessThanOrEqual(Math.ceil(longest));
    await Promise.all([plays(theirs, 0.2), theirs.getByTestId('voice-play').click()]);
    await bob.shoot('voice-playing');
    await theirs.getByTestId('voice-unheard').waitFor({ state: 'detached' });
    await theirs.getByTestId('voice-play').click();
    await rests(theirs);
    const slider = theirs.getByTestId('voice-seek');
    await slider.focus();
    await bob.page.keyboard.press('Home');
    expect(await position(theirs)).toBe(0);
    await bob.page.keyboard.press('ArrowRight');
    expect(await position(theirs)).toBe(1);
    expect(await slider.getAttribute('aria-valuetext')).toBe(`0:01 of ${length}`);
    await Promise.all([plays(theirs, 1), bob.page.keyboard.press('Space')]);
    await theirs.getByTestId('voice-rate').click();
    expect(await theirs.getByTestId('voice-rate').textContent()).toContain('1.5×');
    // To its end, and back to its beginning.
    await rests(theirs);
    await expect.poll(() => position(theirs), soon).toBe(0);
  });

  test('that comes without its length can be moved in, and is followed by the next one', async () => {
    await alice.page.evaluate(() => {
      const { start } = MediaRecorder.prototype;
      // In pieces, as some browsers write always: then the length is in none of them.
      MediaRecorder.prototype.start = function () {
        start.call(this, 100);
      };
    });
    for (const nth of [1, 2]) {
      await record(alice, 2);
      await alice.at('recorder-send').click();
      await bob.at('voice').nth(nth).waitFor();
    }
    const [second, third] = [bob.at('voice').nth(1), bob.at('voice').nth(2)];
    await second.getByTestId('voice-seek').focus();
    await bob.page.keyboard.press('End');
    await bob.page.keyboard.press('ArrowLeft');
    expect(await position(second)).toBeGreaterThan(0);
    await Promise.all([plays(third, 0.1), second.getByTestId('voice-play').click()]);
    await rests(second);
    await rests(third);
    await expect.poll(() => bob.at('voice-unheard').count(), soon).toBe(0);
  });

  test('waits for the line in its bubble, and goes by itself when there is one', async () => {
    const asked = '**/file/upload/chat**';
    await alice.page.route(asked, (route) => route.abort());
    await record(alice, 1);
    await alice.at('recorder-send').click();
    await expect.poll(() => alice.at('transfer').getAttribute('data-state'), soon).toBe('waiting');
    await alice.shoot('voice-waiting');
    await alice.page.unroute(asked);
    await alice.at('transfer').waitFor({ state: 'detached' });
    await bob.at('voice').nth(3).waitFor();
    await expect.poll(() => alice.at('voice').count(), soon).toBe(4);
  });

  test('plays alone: another one falls silent', async () => {
    const [first, second] = [bob.at('voice').nth(0), bob.at('voice').nth(1)];
    await Promise.all([plays(first), first.getByTestId('voice-play').click()]);
    await Promise.all([plays(second), second.getByTestId('voice-play').click()]);
    await rests(first);
  });

  test('that is thrown away, by key, button or leaving, leaves nothing behind', async () => {
    const count = await alice.at('message').count();
    await record(alice, 1);
    await alice.page.keyboard.press('Escape');
    await alice.at('composer-input').waitFor();
    await expectSilence(alice);
    await record(alice, 0);
    await alice.at('recorder-cancel').click();
    await alice.at('composer-input').waitFor();
    await expectSilence(alice);
    await record(alice, 0);
    await alice.at('nav-settings').click();
    await alice.at('recorder').waitFor({ state: 'detached' });
    await expectSilence(alice);
    await alice.page.goBack();
    await alice.at('composer-input').waitFor();
    await expect.poll(() => alice.at('message').count(), soon).toBe(count);
    expect(await alice.at('transfer').count()).toBe(0);
  });

  test('is kept when the microphone goes, and can be sent', async () => {
    const count = await bob.at('voice').count();
    await record(alice, 1);
    await alice.page.evaluate(() => (window as unknown as { opened: MediaStreamTrack[] }).opened.at(-1)?.stop());
    await alice.at('recorder').getByText('The recording has ended').waitFor({ state: 'attached' });
    await alice.page.keyboard.press('Enter');
    await bob.at('voice').nth(count).waitFor();
  });

  test('ends after five minutes, told before, and is kept', async () => {
    const talker = await Visitor.arrive(browser, server.url, 'alice', { permissions: ['microphone'] });
    await talker.page.clock.install();
    await talker.logIn(password);
    await talker.conversation('bob').click();
    await record(talker, 0);
    await talker.page.clock.fastForward('04:35');
    await talker
      .at('recorder-time')
      .getByText(/^0:2\d left$/)
      .waitFor();
    await talker.shoot('voice-late');
    await talker.page.clock.fastForward('00:30');
    await talker.at('recorder').getByText('The recording has ended').waitFor({ state: 'attached' });
    await talker.page.keyboard.press('Escape');
    await talker.at('composer-input').waitFor();
    await talker.page.context().close();
  });

  test('is told in words why it cannot be recorded', async () => {
    await bob.at('record').click();
    await bob.at('recorder-trouble').getByText('microphone is blocked').waitFor();
    await bob.shoot('voice-refused');
    await bob.at('recorder-close').click();
    await bob.at('composer-input').waitFor();
  });

  test('of an old phone is a file that the browser does not play', async () => {
    const grant = await callRest(server.url, 'tokenByName', { name: 'alice', password });
    const old = await RawClient.login(server.url, { uid: grant.user_id, token: grant.token, guid: 'an old phone' });
    const attachment = JSON.stringify({
      url: `${server.url}/file/download/chat?file_sign=AAAAAAAAAAAAAAAAAAAAAA`,
      dName: 'voice.amr',
      fLen: 900,
      duration: 3,
    });
    const payload = encodeMessageBody({ type: MessageType.CHAT, ctype: ContentType.AUDIO, attachment });
    old.sync({ meta: { id: 1, to: { uid: bobId }, ns: Namespace.MESSAGE, payload } });
    await bob.at('voice-problem').getByText('cannot play').waitFor();
    old.close();
  });

  test('that is gone says so', async () => {
    const count = await bob.at('voice').count();
    const gone = await callRest(server.url, 'tokenByName', { name: 'alice', password });
    const old = await RawClient.login(server.url, { uid: gone.user_id, token: gone.token, guid: 'another phone' });
    const attachment = JSON.stringify({
      url: `${server.url}/file/download/chat?file_sign=AAAAAAAAAAAAAAAAAAAAAA`,
      dName: 'voice.webm',
      fLen: 900,
      duration: 3,
    });
    const payload = encodeMessageBody({ type: MessageType.CHAT, ctype: ContentType.AUDIO, attachment });
    old.sync({ meta: { id: 1, to: { uid: bobId }, ns: Namespace.MESSAGE, payload } });
    await bob.at('voice').nth(count).getByTestId('voice-play').click();
    await bob.at('voice-problem').getByText('no longer there').waitFor();
    old.close();
  });

  test('looks well on a phone, in the dark', async () => {
    const phone = await Visitor.arrive(browser, server.url, 'alice', {
      ...phoneLook,
      colorScheme: 'dark',
      locale: 'zh-CN',
      permissions: ['microphone'],
    });
    await phone.logIn(password);
    await phone.conversation('bob').click();
    await phone.at('voice').first().waitFor();
    await phone.at('voice').first().getByTestId('voice-seek').focus();
    await phone.page.keyboard.press('ArrowRight');
    await phone.shoot('voice-phone-dark');
    await record(phone, 1);
    await phone.shoot('voice-recording-phone-dark');
    await phone.page.keyboard.press('Escape');
    await bob.page.emulateMedia({ colorScheme: 'dark' });
    await bob.shoot('voice-dark');
    expect(phone.complaints).toEqual([]);
    await phone.page.context().close();
  });
});

test('without a single error in the pages', () => {
  expect([...alice.complaints, ...bob.complaints]).toEqual([]);
});
