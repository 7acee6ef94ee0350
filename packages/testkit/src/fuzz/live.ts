import { Command, encodeFrame, encodeProvision, encodeSyncUL, Vsn } from '@flooim/protocol';
import type { SeededUser } from '../seed-users.ts';
import { anyFrame, brokenInside, FrameRandom, oddFrame } from './frames.ts';
import { type FuzzDoor, FuzzLine, fuzzDoors } from './fuzz-line.ts';
import { mutate } from './mutate.ts';

export interface LiveOptions {
  url: string;
  seed: number;
  frames: number;
  users: readonly SeededUser[];
  /** A group of theirs. */
  group: number;
}

export interface LiveResult {
  sent: number;
  sessions: number;
  faults: string[];
}

/** Where a session stands when odd things come. */
const states = ['stranger', 'arriving', 'version 1', 'version 2', 'replaced', 'ending'] as const;
type State = (typeof states)[number];

const lanes = 8;
const framesPerSession = 25;
/** What comes outside of frames. */
const packets: Record<'xsync' | 'socketio', readonly (string | Uint8Array)[]> = {
  xsync: ['', 'a text', '2', Uint8Array.of()],
  socketio: [
    '2',
    '2probe',
    '3',
    '40',
    '40/admin,',
    '41',
    '42["frame",{}]',
    '43[]',
    '451-["frame",{"_placeholder":true,"num":7}]',
    '459-["frame",{"_placeholder":true,"num":2}]',
    '451-["other",{"_placeholder":true,"num":0}]',
    '451-["frame",',
    '45',
    '1',
    '5',
    '9',
    '',
    'b4!!!',
    `4${'0'.repeat(5000)}`,
    Uint8Array.of(),
    Uint8Array.of(4),
  ],
};

/** Sends odd frames to a server from sessions in every state, by every door. */
export async function runLive({ url, seed, frames, users, group }: LiveOptions): Promise<LiveResult> {
  const result: LiveResult = { sent: 0, sessions: 0, faults: [] };
  const ids = [...users.slice(0, 40).map(({ uid }) => uid), group, 0];
  const run = async () => {
    while (result.sent < frames && result.faults.length < 20) {
      const index = result.sessions++;
      const random = new FrameRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0xc2b2ae35), ids);
      const session = new OddSession(url, index, random, users, result);
      // A server that is gone takes no connections.
      await session
        .play()
        .catch((error: Error) => result.faults.push(`session ${index} of seed ${seed}: ${error.message}`));
    }
  };
  await Promise.all(Array.from({ length: lanes }, run));
  return result;
}

/** One connection, from its first odd frame to its end. */
class OddSession {
  readonly #url: string;
  readonly #random: FrameRandom;
  readonly #result: LiveResult;
  readonly #user: SeededUser;
  readonly #door: FuzzDoor;
  readonly #state: State;
  readonly #vsn: Vsn;
  /** The id of a conversation that nobody has. */
  readonly #nobody: number;

  constructor(url: string, index: number, random: FrameRandom, users: readonly SeededUser[], result: LiveResult) {
    this.#url = url;
    this.#random = random;
    this.#result = result;
    this.#user = users[index % users.length] as SeededUser;
    this.#door = fuzzDoors[index % fuzzDoors.length] as FuzzDoor;
    this.#state = states[Math.floor(index / fuzzDoors.length) % states.length] as State;
    this.#vsn = this.#state === 'version 1' || (this.#state !== 'version 2' && random.chance(0.5)) ? Vsn.V1 : Vsn.V2;
    this.#nobody = 2 ** 45 + index;
  }

  async play(): Promise<void> {
    const faults: string[] = [];
    const line = await FuzzLine.open(this.#url, this.#door, faults);
    try {
      await this.#playOn(line);
    } finally {
      line.leave();
      this.#result.faults.push(...faults.map((fault) => `${fault} (${this.#state}, user ${this.#user.uid})`));
    }
  }

  async #playOn(line: FuzzLine): Promise<void> {
    switch (this.#state) {
      case 'stranger':
        this.#oddities(line, framesPerSession);
        return line.received();
      case 'arriving':
        line.frame(
          this.#random.chance(0.5)
            ? this.#provision()
            : mutate(this.#provision(), this.#random, () => this.#provision()),
        );
        this.#oddities(line, framesPerSession);
        return line.received();
      case 'replaced': {
        if (!(await line.provision(this.#provision()))) return;
        const other = await FuzzLine.open(this.#url, this.#random.pick(fuzzDoors), this.#result.faults);
        this.#oddities(line, 8);
        other.frame(this.#provision());
        this.#oddities(line, framesPerSession - 8);
        await line.ended();
        return other.leave();
      }
      case 'ending':
        if (!(await line.provision(this.#provision()))) return;
        this.#oddities(line, 5);
        // A frame that cannot be read, or that is too large, is its last.
        line.frame(
          this.#random.chance(0.5) ? Uint8Array.of(0x0f) : new Uint8Array(this.#random.pick([70_000, 140_000])),
        );
        this.#oddities(line, framesPerSession - 5);
        return line.ended();
      default:
        if (!(await line.provision(this.#provision()))) return;
        this.#oddities(line, framesPerSession);
        return line.settle(this.#question(), this.#nobody);
    }
  }

  #oddities(line: FuzzLine, count: number): void {
    const random = this.#random;
    for (let n = 0; n < count && line.isOpen; n++) {
      this.#result.sent += 1;
      const kind = random.next();
      if (kind < 0.6) line.frame(oddFrame(random, 'uplink'));
      else if (kind < 0.95) line.frame(brokenInside(random, 'uplink'));
      // These few may end the connection.
      else if (kind < 0.98) line.frame(anyFrame(random, 'uplink'));
      else line.packet(random.pick(packets[this.#door === 'xsync' ? 'xsync' : 'socketio']));
    }
  }

  #provision(): Uint8Array {
    const { uid, token, guid } = this.#user;
    const payload = encodeProvision({ xid: { uid }, token, deviceGuid: guid, deviceInfo: 'odd' });
    return encodeFrame({ vsn: this.#vsn, command: Command.PROVISION, payload });
  }

  #question(): Uint8Array {
    const payload = encodeSyncUL({ xid: { uid: this.#nobody }, isFullSync: true });
    return encodeFrame({ vsn: this.#vsn, command: Command.SYNC, payload });
  }
}
