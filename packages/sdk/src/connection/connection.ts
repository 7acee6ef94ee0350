import {
  afterClose,
  Command,
  closeCodes,
  decodeFrame,
  decodeProvision,
  encodeFrame,
  encodeProvision,
  type Frame,
  OsType,
  type Provision,
  type Status,
  StatusCode,
  Vsn,
} from '@flooim/protocol';
import type { FlooError } from '../errors.ts';
import type { Platform, Timer } from '../platform/platform.ts';
import { xid } from '../sync/xid.ts';
import { Heartbeat } from './heartbeat.ts';
import { delayAfter } from './reconnect-policy.ts';
import type { Socket, SocketDoor } from './socket.ts';
import type { ConnectionState, ConnectionView } from './state.ts';

/** Who connects. */
export interface Identity {
  uid: number;
  token: string;
  deviceGuid: string;
  deviceName: string;
  /** A person is logging in just now. */
  manual: boolean;
}

/** Why the connection ended for good, as a close code or a status said. */
export type Ending = { then: 'login' | 'stop'; close?: number; status?: Status };

export interface ConnectionEvents {
  /** The steps of a login in the documented words. */
  step(text: string): void;
  /** Accepted: frames can be sent; the state is `syncing` until `caughtUp`. */
  provisioned(answer: Provision): void;
  /** Every frame but a Provision. */
  frame(frame: Frame): void;
  /** The socket is gone; another try follows. */
  lost(): void;
  /** Trying again by itself cannot help; the state is what `stop` sets next. */
  ended(ending: Ending): void;
  stateChanged(state: ConnectionState): void;
}

/** The doors: where to connect, how to speak there, and that one did not work. */
export interface Doors {
  url(): Promise<string>;
  /** Rejects where its code cannot be had. */
  socket(): Promise<SocketDoor>;
  failed(url: string): void;
}

const sdkVersion = '0.1.0';
/** What a connection that was never closed properly reports. */
const abnormal = 1006;
const openTimeoutMs = 10_000;
/** A connection that lived this long was a good one: waiting begins small again. */
const stableMs = 10_000;
/** The server's frames may hold a page of 200 full messages. */
const maxFrameBytes = 16 * 1024 * 1024;

/** One user's connection: it keeps itself alive until `stop`, or until only a person can help. */
export class Connection implements ConnectionView {
  readonly #platform: Platform;
  readonly #doors: Doors;
  readonly #heartbeat: Heartbeat;
  #events: ConnectionEvents | undefined;
  #identity: Identity | undefined;
  #state: ConnectionState = { name: 'idle' };
  #socket: Socket | undefined;
  /** Where it connects to, once that is known. */
  #url: string | undefined;
  #attempt = 0;
  #provisionedAt = 0;
  /** The server does not want to be asked before. */
  #notBefore = 0;
  #timer: Timer | undefined;
  #endWakeUps: (() => void) | undefined;

  constructor(platform: Platform, doors: Doors) {
    this.#platform = platform;
    this.#doors = doors;
    this.#heartbeat = new Heartbeat(
      platform.clock,
      () => this.send(Command.NOTICE, new Uint8Array()),
      () => this.#lost(abnormal),
    );
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether frames can be sent. */
  get isUp(): boolean {
    return this.#state.name === 'syncing' || this.#state.name === 'online';
  }

  start(identity: Identity, events: ConnectionEvents): void {
    this.stop();
    this.#identity = identity;
    this.#events = events;
    this.#attempt = 0;
    this.#endWakeUps = this.#platform.wakeUps(() => this.#wake());
    this.#connect();
  }

  /** Ends it; no event but the change of state comes after. */
  stop(state: ConnectionState = { name: 'idle' }): void {
    this.#drop();
    this.#endWakeUps?.();
    this.#endWakeUps = undefined;
    this.#setState(state);
    this.#events = undefined;
  }

  /** A new token for the same user; used from the next connection on, which begins now. */
  restart(token: string): void {
    if (!this.#identity || !this.#events) return;
    this.#identity = { ...this.#identity, token };
    const wasUp = this.isUp;
    this.#connect();
    if (wasUp) this.#events.lost();
  }

  reconnectNow(): void {
    if (this.#state.name === 'waiting' && this.#platform.clock.now() >= this.#notBefore) this.#connect();
  }

  /** Whatever the state: the services moved, or the session is not accepted any more. `error`: it may say how much later. */
  reconnectLater(error?: FlooError): void {
    if (this.#events) this.#lost(abnormal, error);
  }

  /** Everything that waited on the server has come. */
  caughtUp(): void {
    if (this.#state.name === 'syncing') this.#setState({ name: 'online' });
  }

  /** False when the frame was not sent. */
  send(command: Command, payload: Uint8Array): boolean {
    return this.isUp && this.#sendRaw(command, payload);
  }

  #sendRaw(command: Command, payload: Uint8Array): boolean {
    return this.#socket?.send(encodeFrame({ vsn: Vsn.V2, command, payload })) ?? false;
  }

  #connect(): void {
    this.#drop();
    this.#url = undefined;
    this.#setState({ name: 'connecting' });
    this.#events?.step('socket connecting...');
    const events = this.#events;
    Promise.all([this.#doors.url(), this.#doors.socket()]).then(
      ([url, Door]) => this.#state.name === 'connecting' && events === this.#events && this.#open(url, Door),
      (error: FlooError) => events === this.#events && this.#lost(abnormal, error),
    );
  }

  #open(url: string, Door: SocketDoor): void {
    if (this.#socket) return;
    this.#url = url;
    this.#timer = this.#platform.clock.setTimeout(() => this.#lost(abnormal), openTimeoutMs);
    try {
      this.#socket = new Door(this.#platform, url, {
        opened: () => this.#opened(),
        received: (bytes) => this.#received(bytes),
        heard: () => this.isUp && this.#heartbeat.heard(),
        closed: (code) => this.#lost(code),
      });
    } catch {
      this.#lost(abnormal);
    }
  }

  #opened(): void {
    const { uid, token, deviceGuid, deviceName, manual } = this.#identity as Identity;
    this.#events?.step('socket connect success...');
    this.#events?.step('logining socket service...');
    const provision = encodeProvision({
      xid: xid(uid),
      token,
      osType: OsType.WEB,
      sdkVsn: sdkVersion,
      isManualLogin: manual,
      deviceGuid,
      deviceInfo: deviceName,
    });
    this.#sendRaw(Command.PROVISION, provision);
  }

  #received(bytes: Uint8Array): void {
    try {
      const frame = decodeFrame(bytes, { maxBytes: maxFrameBytes });
      if (frame.command === Command.PROVISION) this.#answered(decodeProvision(frame.payload));
      else this.#heard(frame);
    } catch {
      // Bytes that mean nothing: what else this session says cannot be trusted either.
      this.#lost(abnormal);
    }
  }

  #heard(frame: Frame): void {
    this.#heartbeat.heard();
    if (this.isUp) this.#events?.frame(frame);
  }

  #answered(answer: Provision): void {
    if (this.#state.name !== 'connecting') return;
    if (answer.status?.code !== StatusCode.OK) {
      this.#refused(answer.status);
      return;
    }
    this.#platform.clock.clearTimeout(this.#timer);
    this.#provisionedAt = this.#platform.clock.now();
    this.#heartbeat.heard();
    this.#events?.step('login socket success.....');
    this.#setState({ name: 'syncing' });
    this.#events?.provisioned(answer);
  }

  #refused(status: Status | undefined): void {
    const then = afterStatus(status?.code ?? StatusCode.UNKNOWN);
    if (then === 'reconnect') {
      this.#lost(abnormal);
      return;
    }
    this.#drop();
    this.#events?.step('login socket failure ......');
    this.#events?.ended({ then, status });
  }

  #lost(code: number, error?: FlooError): void {
    const wasUp = this.isUp;
    this.#drop();
    if (!this.#events) return;
    if (!wasUp) {
      if (this.#url) this.#doors.failed(this.#url);
      this.#events.step('login socket failure ......');
    }
    const then = afterClose(code);
    if (then !== 'reconnect') {
      this.#events.ended({ then, close: code });
      return;
    }
    this.#wait(wasUp, error);
  }

  #wait(wasUp: boolean, error: FlooError | undefined): void {
    const { clock, random } = this.#platform;
    if (wasUp && clock.now() - this.#provisionedAt >= stableMs) this.#attempt = 0;
    const delay = delayAfter(error, this.#attempt++, random);
    this.#notBefore = clock.now() + (error?.retryAfterMs ?? 0);
    this.#timer = clock.setTimeout(() => this.#connect(), delay);
    this.#setState({ name: 'waiting', until: clock.now() + delay });
    if (wasUp) this.#events?.lost();
  }

  #wake(): void {
    this.reconnectNow();
    if (this.isUp) this.#heartbeat.askNow();
  }

  #drop(): void {
    this.#platform.clock.clearTimeout(this.#timer);
    this.#heartbeat.stop();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #setState(state: ConnectionState): void {
    const before = this.#state;
    this.#state = state;
    if (before.name !== state.name || state.name === 'waiting') this.#events?.stateChanged(state);
  }
}

function afterStatus(code: StatusCode): 'reconnect' | 'login' | 'stop' {
  if (code === StatusCode.INVALID_TOKEN || code === StatusCode.UNAUTHORIZED) return 'login';
  return stopping.has(code) ? 'stop' : 'reconnect';
}

const stopping: ReadonlySet<StatusCode> = new Set([
  StatusCode.USER_FROZEN,
  StatusCode.USER_BANNED,
  StatusCode.TOO_MANY_DEVICES,
  StatusCode.INVALID_LICENSE,
  StatusCode.LICENSE_LIMIT,
  StatusCode.APP_FROZEN,
  StatusCode.INVALID_PARAMETER,
]);

/** What a close code of the server is called, for those who tell people. */
export function closeName(code: number | undefined): keyof typeof closeCodes | undefined {
  const names = Object.keys(closeCodes) as (keyof typeof closeCodes)[];
  return names.find((name) => closeCodes[name].code === code);
}
