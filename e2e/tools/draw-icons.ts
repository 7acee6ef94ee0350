/**
 * Draws the icons of the installed app from the favicon, when that one changes:
 * `cd e2e && node tools/draw-icons.ts`. Its results are committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../test/browser.ts';

const folder = fileURLToPath(new URL('../../packages/web/public/', import.meta.url));
const favicon = readFileSync(`${folder}favicon.svg`, 'utf8');

/** A mask may cut to a circle of four fifths: the drawing stays inside it, on a ground that fills the square. */
const looks = {
  icon: { share: 94, ground: 'transparent', drawing: favicon },
  maskable: { share: 56, ground: '#0b7a6b', drawing: swapColours(favicon) },
};

function swapColours(svg: string): string {
  return svg.replaceAll('#0b7a6b', 'ground').replaceAll('#fff', '#0b7a6b').replaceAll('ground', '#fff');
}

async function draw(page: Page, name: keyof typeof looks, size: number): Promise<void> {
  const { share, ground, drawing } = looks[name];
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${ground}">
      <div style="width:${share}%;line-height:0">${drawing}</div>`,
  );
  const path = `${folder}icons/${name}-${size}.png`;
  writeFileSync(path, await page.screenshot({ omitBackground: true }));
  console.log(path);
}

const browser = await launchBrowser();
const page = await browser.newPage();
for (const name of ['icon', 'maskable'] as const) for (const size of [192, 512]) await draw(page, name, size);
await page.close();
await browser.close();
