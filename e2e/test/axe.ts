import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** What WCAG 2.2 AA asks for, as far as a machine can see it. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export interface AccessibilityOptions {
  /** Selectors of what is not ours to mend, such as the inside of another project's element. */
  exclude?: readonly string[];
}

type Violation = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'][number];

function describe({ id, nodes }: Violation): string[] {
  return nodes.map(({ target, html, failureSummary = '' }) => {
    const summary = failureSummary.replaceAll(/\s*\n\s*/g, '; ');
    return `${id}: ${target.join(' ')}\n  ${summary}\n  ${html.slice(0, 200)}`;
  });
}

/** Runs in the page. */
async function endOfMotion(): Promise<void> {
  const ending = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
  await Promise.allSettled(ending.map(({ finished }) => finished));
}

const picturesWithinMs = 5000;

/** Runs in the page: until a picture in view has come, letters stand for it. */
async function endOfLoading(withinMs: number): Promise<void> {
  const isInView = (picture: HTMLImageElement) => {
    const { top, bottom, width } = picture.getBoundingClientRect();
    return width > 0 && bottom > 0 && top < innerHeight;
  };
  const coming = [...document.images].filter((picture) => !picture.complete && isInView(picture));
  const come = coming.map(
    (picture) =>
      new Promise((resolve) => {
        for (const event of ['load', 'error']) picture.addEventListener(event, resolve);
      }),
  );
  await Promise.race([Promise.all(come), new Promise((resolve) => setTimeout(resolve, withinMs))]);
}

/** Until nothing fades or slides any more. */
export const awaitStillness = (page: Page): Promise<void> => page.evaluate(endOfMotion);

/** Fails with every place that breaks a rule. What still fades in would be measured half transparent: it is awaited first. */
export async function expectAccessible(page: Page, { exclude = [] }: AccessibilityOptions = {}): Promise<void> {
  await page.evaluate(endOfLoading, picturesWithinMs);
  await awaitStillness(page);
  // The other mode opens a page for each look, for the sake of frames of other origins; we have none.
  const builder = new AxeBuilder({ page }).withTags(tags).setLegacyMode();
  for (const selector of exclude) builder.exclude(selector);
  const { violations } = await builder.analyze();
  const found = violations.flatMap(describe);
  if (found.length > 0)
    throw new Error(`${found.length} accessibility violations on ${page.url()}:\n${found.join('\n')}`);
}
