import type { LocationQuery } from 'vue-router';

/** The page of this app that somebody wanted before he was asked to log in; anybody can write such an address. */
export function wantedPath({ to }: LocationQuery): string {
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : '/';
}
