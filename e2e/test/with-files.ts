import { readFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { Visitor } from './browser.ts';

export interface Upload {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export const png = (name: string, buffer: Buffer): Upload => ({ name, mimeType: 'image/png', buffer });

/** Chooses files as the button's dialog would. */
export async function choose(visitor: Visitor, ...files: Upload[]): Promise<void> {
  await visitor.at('file-input').setInputFiles(files);
  await expect.poll(() => visitor.at('tray-file').count()).toBe(files.length);
}

export async function drag(visitor: Visitor, events: readonly string[], files: readonly Upload[]): Promise<void> {
  const given = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));
  const data = await visitor.page.evaluateHandle((list) => {
    const transfer = new DataTransfer();
    for (const { name, mimeType, base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: mimeType }));
    }
    return transfer;
  }, given);
  for (const event of events) await visitor.at('messages').dispatchEvent(event, { dataTransfer: data });
}

/** Waits until the browser has the picture, and gives its size. */
export async function loaded(picture: Locator): Promise<{ width: number; height: number }> {
  await picture.waitFor();
  const size = () =>
    picture.evaluate((img: HTMLImageElement) => ({ width: img.naturalWidth, height: img.naturalHeight }));
  await expect.poll(async () => (await size()).width, { timeout: 30_000 }).toBeGreaterThan(0);
  return size();
}

export async function downloadBy(visitor: Visitor, button: Locator): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([visitor.page.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** The list holds what is near the view only. */
export async function scrollTo(visitor: Visitor, wanted: Locator, direction: 'up' | 'down'): Promise<void> {
  const step = direction === 'up' ? -400 : 400;
  const isThere = async () => {
    // What is only about to come into view may go again.
    if ((await wanted.count()) === 1 && (await wanted.evaluate(isInView).catch(() => false))) return true;
    await visitor.at('messages').evaluate((list, by) => list.scrollBy(0, by), step);
    return false;
  };
  await expect.poll(isThere, { timeout: 20_000 }).toBe(true);
}

function isInView(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  const middle = (top + bottom) / 2;
  return middle > 0 && middle < innerHeight;
}

export async function swipe(visitor: Visitor, from: number, to: number): Promise<void> {
  const screen = await visitor.page.context().newCDPSession(visitor.page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x?: number) =>
    screen.send('Input.dispatchTouchEvent', { type, touchPoints: x === undefined ? [] : [{ x, y: 420 }] });
  await touch('touchStart', from);
  for (const part of [0.25, 0.5, 0.75, 1]) await touch('touchMove', from + (to - from) * part);
  await touch('touchEnd');
  await screen.detach();
}
