import { ContentType } from '@flooim/protocol';

/** A message as anybody can send it over REST. */
interface Evil {
  content_type: ContentType;
  content: string;
  attachment: string;
}

interface Places {
  /** Of the server, as its web app sees it. */
  own: string;
  canary: string;
  /** The link of a file that is there. */
  stored: string;
}

const markup = '"><img src=x onerror=alert(1)>.png';
const names = [markup, 'gpj.\u202eexe.png', '../../etc/passwd', 'a\r\nset-cookie: b=c'];
const kinds = [ContentType.AUDIO, ContentType.VIDEO, ContentType.FILE] as const;

/** Links that no browser may run, and that no client may follow with what is the reader's; each as a picture, and as something else. */
export function evilMessages(places: Places): Evil[] {
  return linksOf(places).flatMap((url, i) => {
    const attachment = JSON.stringify({ url, tUrl: url, dName: names[i % names.length], ...scribbles(places) });
    return [ContentType.IMAGE, kinds[i % kinds.length] as ContentType].map((content_type) => {
      return { content_type, content: markup, attachment };
    });
  });
}

function linksOf({ own, canary, stored }: Places): unknown[] {
  const { host } = new URL(own);
  const { host: foreign } = new URL(canary);
  const way = stored.slice(stored.indexOf('/file/'));
  const script = `fetch('${canary}/heard/attachment')`;
  return [
    `javascript:${script}`,
    ` jAvA\nscript:${script}`,
    `data:text/html,<script>${script}</script>`,
    `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="${script}"/>`,
    `blob:${own}/00000000-0000-4000-8000-000000000000`,
    `filesystem:${own}/temporary/a.html`,
    // Others than the server that look like it.
    canary + way,
    `//${foreign}${way}`,
    `\\\\${foreign}${way}`,
    `http://${host}@${foreign}${way}`,
    `http://${foreign}\\@${host}${way}`,
    `http://${host}.${foreign}${way}`,
    `${own}/file/download/../..//${foreign}${way}`,
    `${stored}&file_sign=${canary}`,
    // What is no file.
    `${own}/user/logout?to=${canary}`,
    { toString: script },
  ];
}

/** In all the other fields. */
function scribbles({ canary }: Places): Record<string, unknown> {
  return {
    fLen: '<img src=x onerror=alert(1)>',
    width: `100%;background:url(${canary}/heard/width)`,
    height: -1,
    placeholder: `${canary}/heard/placeholder`,
    waveform: '"><svg onload=alert(1)>',
    duration: { valueOf: 'alert(1)' },
  };
}

/** In the page: one step through the conversation, with a click on all that came into view; how many messages that were so far. */
export async function clickOn(): Promise<number> {
  const page = window as unknown as { clicked?: Set<string>; step?: number };
  page.clicked ??= new Set();
  page.step ??= -400;
  const list = document.querySelector('[data-testid=messages]') as HTMLElement;
  for (const bubble of list.querySelectorAll<HTMLElement>('[data-testid=message]')) {
    const { mid = '' } = bubble.dataset;
    if (page.clicked.has(mid)) continue;
    page.clicked.add(mid);
    for (const button of bubble.querySelectorAll<HTMLElement>('button:not([data-testid=message-more])')) button.click();
    // A picture opens over everything.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20)));
    const viewer = document.querySelector('[data-testid=viewer]');
    viewer?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  }
  const before = list.scrollTop;
  // As by a person: the list leads nobody to the end any more who has touched it.
  list.dispatchEvent(new WheelEvent('wheel', { deltaY: page.step }));
  list.scrollBy(0, page.step);
  if (list.scrollTop === before) page.step *= -1;
  return page.clicked.size;
}
