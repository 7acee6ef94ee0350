import {
  type CloseName,
  Command,
  closeCodes,
  encodeMessageBody,
  encodeProvision,
  type Init,
  type MessageBody,
  type Meta,
  Namespace,
  OsType,
  type SyncDL,
  type SyncUL,
  Vsn,
} from '@flooim/protocol';
import { RawClient } from '../raw-client.ts';
import { type Outcome, outcomeOfStatus } from './roles.ts';
import type { Stage } from './stage.ts';

const answerWithinMs = 20_000;
let lastClientMid = 0;

/** A connection in some role. */
export class FrameLine {
  readonly raw: RawClient;
  /** Everything that came, as it came. */
  readonly heard: Uint8Array[] = [];

  private constructor(raw: RawClient) {
    this.raw = raw;
    raw.onFrame = (_frame, bytes) => void this.heard.push(bytes.slice());
  }

  /** Connected and no more, by the door of those who speak the version. */
  static async connect(url: string, vsn: Vsn): Promise<FrameLine> {
    return new FrameLine(await RawClient.open(url, vsn, vsn === Vsn.V1 ? 'socketio2' : 'xsync'));
  }

  /** Connected, and signed in unless the role is nobody's; or what became of that. */
  static async open(stage: Stage, vsn: Vsn): Promise<FrameLine | Outcome> {
    const line = await FrameLine.connect(stage.world.url, vsn);
    if (stage.role === 'nobody') return line;
    const outcome = await line.signIn(stage.token ?? '');
    return outcome === '+' ? line : outcome;
  }

  /** Sends a message or an operation; what it is answered. */
  async write(to: number, body: Init<MessageBody>): Promise<Outcome> {
    return this.writeMeta({ ns: Namespace.MESSAGE, to: { uid: to }, payload: encodeMessageBody(body).slice() });
  }

  async writeMeta(meta: Init<Meta>): Promise<Outcome> {
    const id = ++lastClientMid;
    const answer = await this.ask({ meta: { ...meta, id } }, ({ clientMid }) => clientMid === id);
    return typeof answer === 'string' ? answer : outcomeOfStatus(statusOf(answer));
  }

  /** Nobody is told what became of it. */
  typing(to: number, body: Init<MessageBody>): void {
    const meta = {
      id: ++lastClientMid,
      ns: Namespace.MESSAGE,
      to: { uid: to },
      payload: encodeMessageBody(body).slice(),
    };
    this.raw.sync({ meta });
  }

  /** Reads a conversation: the frame that is the answer, or why there is none. */
  async read(peer: number, asked: Init<SyncUL>): Promise<SyncDL | Outcome> {
    const answer = await this.ask({ xid: { uid: peer }, ...asked }, ({ isEagerSync, clientMid, xid }) => {
      return !isEagerSync && clientMid === 0 && (xid?.uid ?? 0) === peer;
    });
    if (typeof answer === 'string') return answer;
    const outcome = outcomeOfStatus(statusOf(answer));
    return outcome === '+' ? answer : outcome;
  }

  async ask(asked: Init<SyncUL>, wanted: (sync: SyncDL) => boolean): Promise<SyncDL | Outcome> {
    // Who is not signed in is told so, whatever it was.
    const isRefusal = ({ status }: SyncDL) => status !== undefined && outcomeOfStatus(status) === 'l';
    const answer = this.raw.nextSync((sync) => wanted(sync) || isRefusal(sync), answerWithinMs);
    answer.catch(() => {});
    const ended = this.raw.closed().then(outcomeOfClose);
    this.raw.sync(asked);
    return Promise.race([answer, ended]);
  }

  /** The answer to a frame that is no SYNC frame; `loginFirst` is one. */
  async frame(command: Command): Promise<Outcome> {
    const answer = new Promise<Outcome>((resolve) => {
      this.raw.onUnread = ({ status }) => resolve(status ? outcomeOfStatus(status) : '?');
      this.raw.onNotice = (notice) => !notice && resolve('+');
      this.raw.onSync = (sync) => outcomeOfStatus(statusOf(sync)) === 'l' && resolve('l');
    });
    this.raw.send(command);
    return Promise.race([answer, this.raw.closed().then(outcomeOfClose)]);
  }

  /** Signs in by a frame of its own, with a token that may be nobody's. */
  async signIn(token: string): Promise<Outcome> {
    const answered = new Promise<Outcome>((resolve) => {
      this.raw.onProvision = ({ status }) => resolve(status ? outcomeOfStatus(status) : '?');
    });
    const provision = { token, osType: OsType.LINUX, sdkVsn: 'testkit', deviceGuid: `of ${token.slice(-8)}` };
    this.raw.send(Command.PROVISION, encodeProvision(provision));
    return Promise.race([answered, this.raw.closed().then(outcomeOfClose)]);
  }
}

function statusOf({ status }: SyncDL) {
  return status ?? { code: 1 as const, reason: '' };
}

/** What a connection ends with that is over because of its token. */
function outcomeOfClose(code: number): Outcome {
  const name = (Object.keys(closeCodes) as CloseName[]).find((each) => closeCodes[each].code === code);
  return name === 'tokenInvalid' ? 'x' : '?';
}
