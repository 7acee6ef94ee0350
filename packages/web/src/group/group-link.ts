import { appidQuery } from '../appid.ts';
import { loginCodePath } from '../session/login-code-path.ts';

/** Addresses that bring somebody to a group or a person, as they stand in QR codes and are sent around. */
export const groupLink = (gid: number): string => `${location.origin}/join/${gid}${appidQuery}`;
export const personLink = (uid: number): string => `${location.origin}/contacts/${uid}${appidQuery}`;

/** What a scanned text means: a page of this app, or nothing that the app would open. */
type Scanned = { kind: 'group' | 'person' | 'loginCode'; path: string } | { kind: 'other'; text: string };

function addressOf(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function pageOf({ pathname, hash, search }: URL): Exclude<Scanned, { kind: 'other' }> | null {
  const code = loginCodePath(hash);
  if (code && pathname === '/') return { kind: 'loginCode', path: code };
  // In another app the same number is somebody else.
  if (hash || search !== appidQuery) return null;
  const [, place, id] = /^\/(join|contacts)\/([1-9]\d{0,15})\/?$/.exec(pathname) ?? [];
  if (!place) return null;
  return { kind: place === 'join' ? 'group' : 'person', path: `/${place}/${id}` };
}

/** Codes come from anybody: only the addresses above, of this very server, are more than text. */
export function readScanned(text: string, origin = location.origin): Scanned {
  const trimmed = text.trim();
  const address = addressOf(trimmed);
  return (address?.origin === origin && pageOf(address)) || { kind: 'other', text: trimmed };
}

/** The group that was meant by a number, or by a link of this server; null: none. */
export function groupIdIn(text: string): number | null {
  const trimmed = text.trim();
  if (/^[1-9]\d{0,15}$/.test(trimmed)) return Number(trimmed);
  const scanned = readScanned(trimmed);
  return scanned.kind === 'group' ? Number(scanned.path.split('/').pop()) : null;
}
