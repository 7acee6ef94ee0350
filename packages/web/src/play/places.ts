import reference from 'virtual:sdk-reference';
import type { Method, SdkEvent } from './reference.ts';

/** A method or an event in the list; `key` is what the address of the page says after `#`. */
export type Place =
  | { key: string; group: string; kind: 'method'; item: Method }
  | { key: string; group: 'events'; kind: 'event'; item: SdkEvent };

export const places: readonly Place[] = [
  ...reference.managers.flatMap(({ name: group, methods }) =>
    methods.map((item): Place => ({ key: `${group}.${item.name}`, group, kind: 'method', item })),
  ),
  ...reference.events.map((item): Place => ({ key: `events.${item.name}`, group: 'events', kind: 'event', item })),
];

export const placeOf = (key: string): Place | undefined => places.find((place) => place.key === key);
