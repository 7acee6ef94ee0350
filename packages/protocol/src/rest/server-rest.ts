import type { RequestOf, ResponseOf } from './endpoint.ts';
import { fileStreams } from './file.ts';
import { handoff } from './handoff.ts';
import { captchaStreams, mobile } from './mobile.ts';
import { profileTexts } from './profile-text.ts';
import { push } from './push.ts';
import { rest } from './rest.ts';
import { service } from './service.ts';
import { weChat } from './wechat.ts';

/** What takes or gives bytes, not JSON. */
export const streams = { ...fileStreams, ...captchaStreams } as const;

/** Every REST endpoint of the server. In a file of its own, so that clients need not carry what they never call. */
export const serverRest = {
  ...rest,
  ...service,
  ...handoff,
  ...push,
  ...profileTexts,
  ...weChat,
  ...mobile,
  ...streams,
} as const;

/** An endpoint that takes or gives bytes, not JSON. */
export type StreamName = keyof typeof streams;

/** An endpoint whose body is a text. */
export type ProfileTextName = keyof typeof profileTexts;

/** Any endpoint of the server. */
export type ServerEndpointName = keyof typeof serverRest;
export type ServerRequest<N extends ServerEndpointName> = RequestOf<(typeof serverRest)[N]['params']>;
export type ServerResponse<N extends ServerEndpointName> = ResponseOf<(typeof serverRest)[N]>;
