export type { FlooimConfig } from './config.ts';
export type { ConnectionState, ConnectionView } from './connection/state.ts';
export { FlooError, type FlooErrorCode } from './errors.ts';
export type {
  FlooErrorCategory,
  FlooErrorEvent,
  FlooEventMap,
  FlooEventName,
  FlooListener,
  FlooListeners,
  FlooNotice,
  MessageRef,
  Unsubscribe,
  UserNoticeName,
} from './event/event-map.ts';
export { flooim, flooim as default } from './flooim.ts';
export type { Flooim } from './flooim-types.ts';
export type {
  BytesAnswer,
  BytesRequest,
  Clock,
  KeyValue,
  Platform,
  PlatformOptions,
  SendBytes,
  SocketClass,
  SocketLike,
  WakeUps,
} from './platform/platform.ts';
export type { GroupManage } from './surface/group-manage.ts';
export type { RosterManage } from './surface/roster-manage.ts';
export type { SysManage } from './surface/sys-manage.ts';
export type { UserManage } from './surface/user-manage.ts';
export type * from './types.ts';
