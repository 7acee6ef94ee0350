/**
 * WebSocket close codes of `/xsync` and what the client does then:
 * `reconnect` with backoff, `login` once more with the stored credentials, or `stop` and tell the user.
 */
export const closeCodes = {
  shutdown: { code: 4000, then: 'reconnect', reason: 'the server is stopping' },
  slowConsumer: { code: 4001, then: 'reconnect', reason: 'the client reads too slowly' },
  idle: { code: 4002, then: 'reconnect', reason: 'nothing was heard from the client' },
  busy: { code: 4003, then: 'reconnect', reason: 'the server is busy' },
  provisionTimeout: { code: 4004, then: 'reconnect', reason: 'no provision in time' },
  malformed: { code: 4005, then: 'reconnect', reason: 'a frame could not be read' },
  tooLarge: { code: 4006, then: 'reconnect', reason: 'a frame is too large' },
  rateLimited: { code: 4007, then: 'reconnect', reason: 'too many frames' },
  tokenInvalid: { code: 4100, then: 'login', reason: 'the token is invalid or expired' },
  kickedBySameDevice: { code: 4200, then: 'stop', reason: 'the same device connected elsewhere' },
  kicked: { code: 4201, then: 'stop', reason: 'another device ended this session' },
  passwordChanged: { code: 4202, then: 'stop', reason: 'the password was changed' },
  userFrozen: { code: 4203, then: 'stop', reason: 'the account is disabled' },
  userRemoved: { code: 4204, then: 'stop', reason: 'the account was deleted' },
  deviceRemoved: { code: 4205, then: 'stop', reason: 'the device was removed' },
  tooManyDevices: { code: 4206, then: 'stop', reason: 'too many devices are signed in' },
  appNotNormal: { code: 4207, then: 'stop', reason: 'the app is not in normal state' },
  licence: { code: 4208, then: 'stop', reason: 'the licence of the app does not allow it' },
} as const satisfies Record<string, { code: number; then: AfterClose; reason: string }>;

export type AfterClose = 'reconnect' | 'login' | 'stop';
export type CloseName = keyof typeof closeCodes;

const byCode = new Map<number, AfterClose>(Object.values(closeCodes).map((c) => [c.code, c.then]));

/** What a client does after a close with this code; codes that are not ours (1006, a proxy's) mean `reconnect`. */
export function afterClose(code: number): AfterClose {
  return byCode.get(code) ?? 'reconnect';
}
