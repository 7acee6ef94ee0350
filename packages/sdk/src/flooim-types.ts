import type { ConnectionView } from './connection/state.ts';
import type { FlooEventName, FlooListener, FlooListeners, Unsubscribe } from './event/event-map.ts';
import type { GroupManage } from './surface/group-manage.ts';
import type { RosterManage } from './surface/roster-manage.ts';
import type { SysManage } from './surface/sys-manage.ts';
import type { UserManage } from './surface/user-manage.ts';
import type { LoginCode } from './types.ts';

/** What `flooim()` gives: one signed-in user at a time, its own connection and store. Instances know nothing of each other. */
export interface Flooim {
  readonly userManage: UserManage;
  readonly rosterManage: RosterManage;
  readonly groupManage: GroupManage;
  readonly sysManage: SysManage;
  /** Additive. */
  readonly connection: ConnectionView;
  /**
   * Additive: resolves once the stored session, if `autoLogin` found one, can be read (whatever the network does), with
   * whether there is one. Never rejects.
   */
  readonly ready: Promise<boolean>;

  /**
   * Signs in by name. Fires `flooNotice` for the steps, then `loginSuccess` or `loginFail`; the promise (additive) tells
   * the same and may be ignored. A later login, logout or dispose ends an earlier login with `CANCELED`.
   */
  login(opt: { name: string; password: string }): Promise<void>;
  /** Signs in by user id. */
  idLogin(opt: { user_id: number; password: string }): Promise<void>;
  /** Signs in with a token got elsewhere. */
  tokenLogin(opt: { user_id: number; token: string }): Promise<void>;
  /** Signs in with what a scanned code carries, or `waitForLoginCode` gave: user id and a password that works once. */
  qrlogin(opt: { user_id: number; password: string }): Promise<void>;
  /** True from `loginSuccess`, or a restored session, until logout or a terminal notice; also while offline. */
  isLogin(): boolean;
  /**
   * Forgets the token and ends the connection. What is stored on the device stays for the next login of this user, unless
   * `forget` (additive) has it deleted.
   */
  logout(opt?: { forget?: boolean }): Promise<void>;

  /** Additive: a code to show, which a device that is signed in confirms with `userManage.asyncConfirmLoginCode`. */
  createLoginCode(): Promise<LoginCode>;
  /**
   * Additive: resolves when the code was confirmed, with what `qrlogin` takes, once. Rejects with `REJECTED` when the code is
   * not valid any more and with `CANCELED` when `signal` or `dispose` ends the waiting.
   */
  waitForLoginCode(code: string, options?: { signal?: AbortSignal }): Promise<{ user_id: number; password: string }>;
  /**
   * Additive: an account for a visitor; `username` is how its name begins, the promise gives all of it. `cid`: the user whom
   * he will talk to. Does not log in.
   */
  registerAnonymously(params: {
    username: string;
    password: string;
    cid?: number;
  }): Promise<{ username: string; user_id: number }>;

  /** A listener is called once for each event, however often it was added. */
  on<E extends FlooEventName>(event: E, listener: FlooListener<E>): Unsubscribe;
  on(listeners: FlooListeners): Unsubscribe;
  /** Removes a listener by identity; without one, all of this event. */
  off<E extends FlooEventName>(event: E, listener?: FlooListener<E>): void;
  off(listeners: FlooListeners): void;

  /** Additive: ends everything this instance started. Its getters go on working; every other call throws `DISPOSED`. */
  dispose(): Promise<void>;
}
