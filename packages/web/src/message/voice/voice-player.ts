import { computed, ref, shallowRef } from 'vue';

/** A voice message as the player knows it. */
export interface Track {
  /** The same before and after the message was sent. */
  key: string;
  /** Where the sound is now. */
  source: string;
  /** As the attachment says; the sound itself knows better, or not at all. */
  seconds: number;
  /** Called when it begins. */
  started: () => void;
  /** What to go on with at the end. */
  next: () => Track | undefined;
}

export type PlayState = 'loading' | 'playing' | 'paused' | 'failed';

interface Playing {
  track: Track;
  state: PlayState;
}

export const rates: readonly number[] = [1, 1.5, 2];

/** Farther than any recording: the browser then reads to the end and learns how long it is. */
const beyondTheEnd = 1e7;
const patienceMs = 10_000;

const now = shallowRef<Playing | null>(null);
const position = ref(0);
const length = ref(0);
/** For all that is played in this page. */
export const rate = ref(1);

let audio: HTMLAudioElement | undefined;
let frame = 0;
/** While the end is looked for, which is no end of playing. */
let measuring = false;

const setState = (state: PlayState): void => {
  if (now.value) now.value = { ...now.value, state };
};

function follow(): void {
  cancelAnimationFrame(frame);
  if (!audio || now.value?.state !== 'playing') return;
  position.value = audio.currentTime;
  frame = requestAnimationFrame(follow);
}

/** One for all messages: a phone allows few, and two voices at once are none. */
function element(): HTMLAudioElement {
  if (audio) return audio;
  const made = new Audio();
  made.preload = 'auto';
  made.addEventListener('playing', () => {
    setState('playing');
    follow();
  });
  made.addEventListener('waiting', () => now.value?.state === 'playing' && setState('loading'));
  made.addEventListener('pause', () => now.value?.state === 'playing' && !made.ended && setState('paused'));
  made.addEventListener('durationchange', () => {
    if (Number.isFinite(made.duration)) length.value = made.duration;
  });
  made.addEventListener('ended', () => measuring || ended());
  made.addEventListener('error', () => now.value && setState('failed'));
  audio = made;
  return made;
}

function ended(): void {
  const next = now.value?.track.next();
  position.value = 0;
  setState('paused');
  if (next) void play(next);
}

/** Until one of these happens, or nothing does for long. */
function once(target: EventTarget, ...events: string[]): Promise<void> {
  const done = new AbortController();
  return new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, patienceMs);
    done.signal.addEventListener('abort', () => clearTimeout(timer));
    for (const event of events) target.addEventListener(event, () => resolve(), { signal: done.signal });
  }).finally(() => done.abort());
}

/** Some recordings come without their length, and without it nobody can move in them: then the end is looked for. */
async function measure(sound: HTMLAudioElement, track: Track): Promise<void> {
  if (sound.readyState === 0) await once(sound, 'loadedmetadata', 'error', 'emptied');
  if (now.value?.track !== track || sound.readyState === 0 || Number.isFinite(sound.duration)) return;
  measuring = true;
  sound.currentTime = beyondTheEnd;
  await once(sound, 'durationchange', 'error', 'emptied');
  measuring = false;
}

function load(track: Track, from: number): void {
  const sound = element();
  now.value = { track, state: 'paused' };
  position.value = from;
  length.value = track.seconds;
  sound.src = track.source;
}

const isCurrent = (track: Track): boolean => now.value?.track.key === track.key;

export async function play(track: Track): Promise<void> {
  if (!isCurrent(track) || now.value?.state === 'failed') load(track, isCurrent(track) ? position.value : 0);
  const sound = element();
  const loaded = now.value?.track as Track;
  setState('loading');
  try {
    await measure(sound, loaded);
    if (now.value?.track !== loaded || now.value.state !== 'loading') return;
    sound.currentTime = position.value;
    sound.playbackRate = rate.value;
    await sound.play();
    loaded.started();
  } catch (error) {
    // Paused or replaced before it began is no failure.
    const stopped = (error as DOMException).name === 'AbortError';
    if (!stopped && now.value?.track === loaded) setState('failed');
  }
}

export function pause(): void {
  setState('paused');
  audio?.pause();
}

/** Also moves one that is not playing: it will begin there. */
export function seek(track: Track, seconds: number): void {
  if (!isCurrent(track)) {
    pause();
    load(track, 0);
  }
  position.value = Math.min(Math.max(0, seconds), length.value);
  if (audio && !audio.paused) audio.currentTime = position.value;
}

export function setRate(wanted: number): void {
  rate.value = wanted;
  if (audio) audio.playbackRate = wanted;
}

/** Silence; for leaving the conversation. */
export function stop(): void {
  now.value = null;
  cancelAnimationFrame(frame);
  audio?.pause();
  audio?.removeAttribute('src');
  audio?.load();
}

/** What the player does with the track of this key. */
export function usePlaying(key: () => string) {
  const mine = computed(() => (now.value?.track.key === key() ? now.value : null));
  return {
    state: computed<PlayState>(() => mine.value?.state ?? 'paused'),
    isCurrent: computed(() => mine.value !== null),
    position: computed(() => (mine.value ? position.value : 0)),
    length: computed(() => (mine.value ? length.value : 0)),
  };
}
