import type { StringOrObject } from 'flooim';

/** What is known of an attachment. Clients of many kinds write it, so nothing is certain to be there. */
export interface Attachment {
  name?: string;
  bytes?: number;
  seconds?: number;
  width?: number;
  height?: number;
  /** Only http(s): nothing else is ever followed. */
  url?: string;
  place?: string;
  latitude?: number;
  longitude?: number;
}

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

/** Reads the names that floo's clients of all platforms use. */
export function readAttachment(attach: StringOrObject): Attachment {
  const found = fields(attach);
  const text = (...names: string[]) =>
    names.map((name) => found[name]).find((v) => typeof v === 'string' && v) as string | undefined;
  const number = (...names: string[]) => {
    const value = names.map((name) => Number(found[name])).find((v) => Number.isFinite(v) && v !== 0);
    return value;
  };
  return {
    name: text('dName', 'displayName', 'display_name', 'name', 'fileName'),
    bytes: number('fLen', 'fileLength', 'file_length', 'size'),
    seconds: number('duration'),
    width: number('width', 'w'),
    height: number('height', 'h'),
    url: safeUrl(text('url', 'ossUrl', 'link')),
    place: text('addr', 'address'),
    latitude: number('lat', 'latitude'),
    longitude: number('lon', 'lng', 'longitude'),
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
