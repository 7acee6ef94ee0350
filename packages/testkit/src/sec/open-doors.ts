import type { Route } from './live-routes.ts';

/** What is nobody's in particular: pages, files of the web app, health. Whoever asks gets the same. */
export const openDoors: readonly Route[] = [
  ...both('/'),
  ...both('/index.html'),
  ...both('/play'),
  ...both('/openapi.json'),
  ...both('/*'),
  ...both('/api/health'),
  ...both('/healthz'),
  ...both('/readyz'),
  // What Socket.IO clients ask for before they have a socket is refused.
  ...both('/socket.io/'),
  { method: 'POST', path: '/socket.io/' },
  { method: 'OPTIONS', path: '*' },
];

function both(path: string): Route[] {
  return [
    { method: 'GET', path },
    { method: 'HEAD', path },
  ];
}
