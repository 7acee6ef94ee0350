import type { Page } from 'playwright-core';

/** Another project's elements, code and samples: their words are not ours. */
const foreign = 'pre, code, emoji-picker, [data-testid=message], [data-testid=play-item], [data-testid=log-entry]';

/** What must not be on any page, whatever it shows; says where. */
export function pageFaults(page: Page): Promise<string[]> {
  return page.evaluate(findFaults, foreign);
}

/** Runs in the page. */
function findFaults(foreign: string): string[] {
  const faults: string[] = [];
  const slack = 1;
  const name = (one: Element) => {
    const id = one.closest('[data-testid]')?.getAttribute('data-testid') ?? '';
    const words = one.getAttribute('aria-label') ?? one.textContent?.trim().slice(0, 30) ?? '';
    return `${one.tagName.toLowerCase()}.${one.classList[0] ?? ''} “${words}” in ${id}`;
  };
  const isShown = (one: Element) =>
    one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.getClientRects().length > 0;
  const scrolls = (one: Element, axis: 'X' | 'Y') =>
    /auto|scroll/.test(getComputedStyle(one)[axis === 'X' ? 'overflowX' : 'overflowY']);

  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) faults.push(`the document is ${root.scrollWidth} px wide`);
  // What scrolls both ways is meant to, such as code.
  for (const one of document.querySelectorAll(
    'main, .panes > *, .scroll, [role=dialog], [role=menu], [data-testid=messages]',
  )) {
    const tooWide = one.scrollWidth > one.clientWidth + slack;
    if (tooWide && isShown(one)) faults.push(`${name(one)} is ${one.scrollWidth} wide in ${one.clientWidth}`);
  }

  /** Whether scrolling can bring it into view. */
  const canCome = (one: Element, axis: 'X' | 'Y') => {
    for (let up = one.parentElement; up; up = up.parentElement) {
      const [whole, part] = axis === 'X' ? [up.scrollWidth, up.clientWidth] : [up.scrollHeight, up.clientHeight];
      if (scrolls(up, axis) && whole > part) return true;
    }
    return false;
  };
  const canFocus =
    'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select, [role=menuitem], [tabindex="0"]';
  for (const one of document.querySelectorAll(canFocus)) {
    if (!isShown(one) || one.closest('[inert]')) continue;
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const beside = left < -slack || right > innerWidth + slack;
    const beyond = top < -slack || bottom > innerHeight + slack;
    if (beside && !canCome(one, 'X')) faults.push(`${name(one)} is at ${left} to ${right} of ${innerWidth} px`);
    if (beyond && !canCome(one, 'Y')) faults.push(`${name(one)} is at ${top} to ${bottom} of ${innerHeight} px`);
  }

  /** A text's key instead of the text, a place that nothing was put into, or a value that is none. */
  const isWrong = (text: string) =>
    /^[a-z][A-Za-z]*\.[a-z][A-Za-z]{2,}$/.test(text) ||
    /\{\w+\}|\bundefined\b|\bNaN\b|\[object |Invalid Date|\b1970\b/.test(text);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement, textContent } = texts.currentNode;
    const text = textContent?.trim() ?? '';
    if (isWrong(text) && parentElement && !parentElement.closest(`${foreign}, script, style`))
      faults.push(`the text “${text}”`);
  }
  for (const attribute of ['aria-label', 'aria-description', 'title', 'placeholder', 'alt'])
    for (const one of document.querySelectorAll(`[${attribute}]`)) {
      const text = one.getAttribute(attribute) ?? '';
      if (isWrong(text) && !one.closest(foreign)) faults.push(`the ${attribute} “${text}”`);
    }
  return faults;
}
