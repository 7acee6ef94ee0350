import { maxId } from './limits.ts';

/** Whether the value can be a user, group or message id. */
export function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= maxId;
}

/** Reads an id that an application gave as a number or a decimal string; undefined when it is neither. */
export function toId(value: unknown): number | undefined {
  const id = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return isId(id) ? id : undefined;
}

/** Conversation 0 belongs to the system: notices and a user's own operations come through it. */
export const systemConversation = 0;
