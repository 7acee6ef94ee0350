import type { FileUploadResult, StringOrObject } from 'flooim';
import { beginning } from './beginning.ts';

/** What is known of an attachment. Clients of many kinds write it, so nothing is certain to be there. */
export interface Attachment {
  name?: string;
  bytes?: number;
  seconds?: number;
  width?: number;
  height?: number;
  /** Only http(s): nothing else is ever followed. */
  url?: string;
  /** A ThumbHash in base64, unchecked. */
  placeholder?: string;
  /** Of a voice message, in base64, unchecked. */
  waveform?: string;
  place?: string;
  latitude?: number;
  longitude?: number;
}

/** Longer is no name that anybody reads, and what a stranger wrote must not fill the screen. */
const nameChars = 255;
const mostPixels = 100_000;

/** Invisible characters that turn the direction of text: `gpj.exe` can be made to look like a picture's name. */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function fields(attach: StringOrObject): Record<string, unknown> {
  if (typeof attach === 'object') return attach;
  try {
    const parsed: unknown = JSON.parse(attach);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function safeUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value || !URL.canParse(value, location.origin)) return undefined;
  const url = new URL(value, location.origin);
  return /^https?:$/.test(url.protocol) ? url.href : undefined;
}

/** What a file's name says, and nothing that only changes how it looks. */
export function shownName(name: string): string {
  return beginning(name.replace(unseen, ''), nameChars);
}

/** Both or none: one alone, or one that is not on this earth, is no place. */
function coordinates(found: Record<string, unknown>): Pick<Attachment, 'latitude' | 'longitude'> {
  const read = (limit: number, ...names: string[]): number | undefined => {
    const value = names.map((name) => found[name]).find((one) => one !== undefined && one !== null && one !== '');
    const number = typeof value === 'boolean' ? Number.NaN : Number(value ?? Number.NaN);
    return Math.abs(number) <= limit ? number : undefined;
  };
  const latitude = read(90, 'lat', 'latitude');
  const longitude = read(180, 'lon', 'lng', 'longitude');
  return latitude === undefined || longitude === undefined ? {} : { latitude, longitude };
}

/** Reads the names that floo's clients of all platforms use. */
export function readAttachment(attach: StringOrObject): Attachment {
  const found = fields(attach);
  const text = (...names: string[]) =>
    names.map((name) => found[name]).find((v) => typeof v === 'string' && v) as string | undefined;
  const number = (...names: string[]) => {
    const value = names.map((name) => Number(found[name])).find((v) => Number.isFinite(v) && v !== 0);
    return value;
  };
  const amount = (...names: string[]) => {
    const value = number(...names);
    return value !== undefined && value > 0 ? value : undefined;
  };
  const pixels = (...names: string[]) => {
    const value = amount(...names);
    return value && Math.min(mostPixels, Math.max(1, Math.round(value)));
  };
  const name = text('dName', 'displayName', 'display_name', 'name', 'fileName');
  return {
    name: (name && shownName(name)) || undefined,
    bytes: amount('fLen', 'fileLength', 'file_length', 'size'),
    seconds: amount('duration'),
    width: pixels('width', 'w'),
    height: pixels('height', 'h'),
    url: safeUrl(text('url', 'ossUrl', 'link')),
    placeholder: text('placeholder'),
    waveform: text('waveform'),
    place: text('addr', 'address'),
    ...coordinates(found),
  };
}

/** What the sender's own device knows of the file; of its picture the server's word counts first. */
interface Seen {
  width?: number;
  height?: number;
  seconds?: number;
  placeholder?: string;
  waveform?: string;
}

/** What a message says of a file that has arrived, under the names that all clients read. */
export function writeAttachment(file: FileUploadResult, seen: Seen = {}): Record<string, unknown> {
  const { width, height } = file.width && file.height ? file : seen;
  const seconds = seen.seconds ?? file.duration;
  const placeholder = file.placeholder ?? seen.placeholder;
  return {
    url: file.url,
    dName: file.name,
    fLen: file.size,
    ...(width && height && { width, height }),
    ...(seconds && { duration: Math.max(1, Math.round(seconds)) }),
    ...(placeholder && { placeholder }),
    ...(seen.waveform && { waveform: seen.waveform }),
  };
}

export function fileSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** step;
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${units[step]}`;
}

export function playTime(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
