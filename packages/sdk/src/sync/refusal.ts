import { type Status, StatusCode } from '@flooim/protocol';
import type { FlooErrorCategory } from '../event/event-map.ts';

const categories = {
  [StatusCode.USER_BANNED]: 'USER_BANNED',
  [StatusCode.USER_FROZEN]: 'USER_FROZEN',
  [StatusCode.APP_FROZEN]: 'APP_FROZEN',
  [StatusCode.INVALID_LICENSE]: 'LICENSE',
  [StatusCode.LICENSE_LIMIT]: 'LICENSE',
} as const satisfies Partial<Record<StatusCode, FlooErrorCategory>>;

type Category = (typeof categories)[keyof typeof categories];

export function refusal(status: Status): string {
  return status.reason || 'the server refused';
}

/** The documented `flooError` category of a refusal. */
export function errorCategory(status: StatusCode): Category | 'MESSAGE' {
  return (categories as Partial<Record<StatusCode, Category>>)[status] ?? 'MESSAGE';
}
