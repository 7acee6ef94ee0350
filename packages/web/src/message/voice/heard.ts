import { ref } from 'vue';

/**
 * Which voice messages of others this browser has played. The server is not told, so other devices do not know. Times are the
 * messages' own, in ms.
 */
export interface Heard {
  /** What is older counts as heard: it was there before this browser's first visit, or is too old to be listed. */
  since: number;
  played: [mid: string, at: number][];
}

const prefix = 'flooim.heard.';
const mostListed = 500;

const byUser = new Map<number, Heard>();
/** Makes what was read from the map read again. */
const changes = ref(0);

function stored(self: number): Heard | null {
  try {
    const heard = JSON.parse(localStorage.getItem(prefix + self) ?? 'null') as Heard | null;
    return heard && Number.isFinite(heard.since) && Array.isArray(heard.played) ? heard : null;
  } catch {
    return null;
  }
}

function keep(self: number, heard: Heard): void {
  byUser.set(self, heard);
  try {
    localStorage.setItem(prefix + self, JSON.stringify(heard));
  } catch {
    // A full or refused storage: it is known as long as the page lives.
  }
}

function heardBy(self: number): Heard {
  const known = byUser.get(self) ?? stored(self);
  if (known) byUser.set(self, known);
  else keep(self, { since: performance.timeOrigin, played: [] });
  return byUser.get(self) as Heard;
}

export function isHeard(self: number, mid: string, at: number): boolean {
  void changes.value;
  const { since, played } = heardBy(self);
  return at < since || played.some(([other]) => other === mid);
}

/** The oldest give way to the newest: whoever left them out for so many others will not miss the dot. */
export function withHeard({ since, played }: Heard, mid: string, at: number, most = mostListed): Heard {
  const all = [...played, [mid, at] as [string, number]].sort((a, b) => a[1] - b[1]);
  const gone = all.slice(0, Math.max(0, all.length - most));
  return { since: Math.max(since, ...gone.map(([, time]) => time + 1)), played: all.slice(gone.length) };
}

export function markHeard(self: number, mid: string, at: number): void {
  if (isHeard(self, mid, at)) return;
  keep(self, withHeard(heardBy(self), mid, at));
  changes.value += 1;
}
