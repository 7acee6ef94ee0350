import { shallowReactive } from 'vue';
import { later } from '../ui/later.ts';
import type { FileLook } from './file-look.ts';

/** `audio` is a voice message; a song that was chosen is a file like others. */
export type PickedType = 'image' | 'video' | 'file' | 'audio';

/** What a recorder knows of a voice message. */
export interface Voice {
  seconds: number;
  /** As an attachment carries it. */
  waveform: string;
}

/** A file that somebody chose, dropped or pasted and has not sent yet. */
export interface PickedFile {
  readonly id: number;
  readonly file: File;
  /** Becomes `file` for a picture that this browser cannot show. */
  type: PickedType;
  /** Comes a moment later, for pictures and videos; never for the rest. */
  look: FileLook | null;
  readonly voice?: Voice;
}

export type Refusal = 'empty' | 'tooLarge';

/** What every browser shows and every server measures; SVG is a program more than a picture. */
const pictures = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', 'image/apng']);
const videos = new Set(['video/mp4', 'video/webm', 'video/quicktime', 'video/x-m4v']);

export function typeOf(contentType: string): PickedType {
  if (pictures.has(contentType)) return 'image';
  return videos.has(contentType) ? 'video' : 'file';
}

/** Why a file need not even be asked for, where so many bytes are taken at most. */
export function refusalOf({ size }: Pick<File, 'size'>, mostBytes: number): Refusal | null {
  if (size === 0) return 'empty';
  return size > mostBytes ? 'tooLarge' : null;
}

let lastId = 0;

/** A recorded message, to be sent as it is. */
export function voiceFile(file: File, voice: Voice): PickedFile {
  return { id: ++lastId, file, type: 'audio', look: null, voice };
}

/** What waits above the composer of each conversation, as long as the page lives. */
const trays = shallowReactive(new Map<number, readonly PickedFile[]>());
const none: readonly PickedFile[] = [];

export const trayOf = (uid: number): readonly PickedFile[] => trays.get(uid) ?? none;

function setTray(uid: number, files: readonly PickedFile[]): void {
  if (files.length > 0) trays.set(uid, files);
  else trays.delete(uid);
}

const loadLooks = later(() => import('./file-look.ts'));

/** Removed again, perhaps before they were looked at. */
const dropped = new WeakSet<PickedFile>();

async function look(picked: PickedFile): Promise<void> {
  if (dropped.has(picked) || (picked.type !== 'image' && picked.type !== 'video')) return;
  const looks = await loadLooks().catch(() => null);
  // Without a network, and never fetched before: it goes as it is.
  if (!looks) return;
  try {
    picked.look = await (picked.type === 'image' ? looks.lookAtPicture : looks.lookAtVideo)(picked.file);
    if (dropped.has(picked)) dropLook(picked);
  } catch {
    // Others could not see it either; a video may only be of a kind that this browser does not play.
    if (picked.type === 'image') picked.type = 'file';
  }
}

// One after the other: ten photos decoded at once are more than a phone has memory for.
let looking = Promise.resolve();

export function putOnTray(uid: number, files: readonly File[]): void {
  const picked = files.map((file) => {
    const one: PickedFile = shallowReactive({ id: ++lastId, file, type: typeOf(file.type), look: null });
    looking = looking.then(() => look(one));
    return one;
  });
  setTray(uid, [...trayOf(uid), ...picked]);
}

export function dropLook(picked: PickedFile): void {
  dropped.add(picked);
  if (picked.look?.url) URL.revokeObjectURL(picked.look.url);
  picked.look = null;
}

export function removeFromTray(uid: number, id: number): void {
  for (const one of trayOf(uid)) if (one.id === id) dropLook(one);
  setTray(
    uid,
    trayOf(uid).filter((one) => one.id !== id),
  );
}

export function clearTray(uid: number): void {
  for (const one of trayOf(uid)) dropLook(one);
  setTray(uid, none);
}

/** Gives the files to whoever sends them. */
export function takeTray(uid: number): readonly PickedFile[] {
  const files = trayOf(uid);
  setTray(uid, none);
  return files;
}

export function clearTrays(): void {
  for (const uid of trays.keys()) clearTray(uid);
}
