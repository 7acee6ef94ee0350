import { limits } from '../limits.ts';
import { endpoint, UPDATE } from './endpoint.ts';
import { must, text } from './schemas.ts';

const value = { value: must(text(limits.infoChars)) };

/** Fields of a profile for which the body, bare or quoted as JSON, is the value. */
export const profileTexts = {
  userPublic: endpoint<boolean>()(UPDATE, '/user/public', 'query', 'user', value),
  userPrivate: endpoint<boolean>()(UPDATE, '/user/private', 'query', 'user', value),
} as const;
