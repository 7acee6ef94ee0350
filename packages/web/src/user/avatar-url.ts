import { useConnection } from '../app/connection-store.ts';
import { im } from '../im.ts';

/** What this page has shown before: it is at hand, and fades in no more. */
export const shownPictures = new Set<string>();

/** Where the small picture behind an avatar is; undefined where there is none to show. Reactive: it may come with the connection. */
export function avatarUrl(avatar: string | undefined): string | undefined {
  if (!avatar) return undefined;
  void useConnection().state;
  const url = im.sysManage.getImage({ avatar, thumbnail: true });
  // Ours come with a credential. Another server's picture is not fetched unasked: it would learn who looks.
  const isForeign = url === avatar && !isOfPage(url);
  return isForeign ? undefined : url || undefined;
}

/** Whether it leads to this page's own server: `//` and a host before a path lead elsewhere. */
function isOfPage(url: string): boolean {
  return URL.canParse(url, location.origin) && new URL(url, location.origin).origin === location.origin;
}
