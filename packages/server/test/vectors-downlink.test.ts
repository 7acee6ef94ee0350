import {
  Command,
  DeliveryStatus,
  encodeFrame,
  encodeMessageBody,
  encodeProvision,
  MessageType,
  Namespace,
  OperationType,
  QoS,
  type ServerEndpointName,
  Vsn,
} from '@flooim/protocol';
import { RawClient, until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { socketio } from '../../protocol/test/vectors.ts';
import { DeployedPhone } from './support/deployed-phone.ts';
import { EngineLine, engineUrl } from './support/engine-line.ts';
import { groupText } from './support/group-talk.ts';
import { startVectorCast, type VectorCast } from './support/vector-cast.ts';
import type { Differences } from './support/vector-compare.ts';
import { playDownlink, type Situation, stored, subjectsOf, transient } from './support/vector-downlink.ts';

let cast: VectorCast;
beforeAll(async () => {
  cast = await startVectorCast();
});
afterAll(() => cast.close());

const uid = (name: 'alice' | 'bob') => cast.people[name].uid;
const call = (name: 'alice' | 'bob', endpoint: ServerEndpointName, params: object) =>
  cast.people.ok(cast.people[name], endpoint, params);

/** The last message that somebody sent on the way to a situation. */
let mid = 0;
const note = async (answer: Promise<{ serverMid: number }>) => {
  mid = (await answer).serverMid;
};
const aliceWrites = (content: string) => note(cast.alice.new.text(uid('bob'), content));
const aliceWritesToGroup = (content: string) => note(groupText(cast.alice.new, cast.gid, content));
const { READ_ACK, READ_ALL, RECALL, DELETE, APPEND, REPLACE } = OperationType;

/** A device of bob's that does nothing by itself. */
async function passivePhone(guid: string): Promise<DeployedPhone> {
  const phone = new DeployedPhone(await RawClient.open(cast.people.url, Vsn.V1, 'socketio2'));
  phone.isPassive = true;
  await phone.raw.provision({ ...cast.people.bob, guid });
  return phone;
}

const inSystem: Differences = {
  ...stored,
  'xid.uid': {
    is: 'none',
    why: 'what concerns a user alone is in his system conversation; the operation names the other',
  },
};
const asCommand: Differences = {
  ...stored,
  'metas.0.payload.ctype': { is: 6, why: 'every operation is marked as a command, as those are that clients send' },
};
const unmarked: Differences = {
  isEagerSync: { is: 'none', why: 'stored entries are not marked as pushed in version 1; clients take them alike' },
};
const shortAnswer: Differences = {
  'xid.uid': { is: 'none', why: 'a refused send is named by its client mid alone' },
};
const reason = (is: string, why: string): Differences => ({ 'status.reason': { is, why } });

/** bob's deployed client sends alice a text, or her group. */
const bobSends = (to: () => number, type: MessageType) => async () => {
  const payload = encodeMessageBody({ type, content: 'pending' });
  cast.bob.old.raw.sync({ meta: { id: Date.now(), to: { uid: to() }, ns: Namespace.MESSAGE, payload } });
};

const edit = (type: OperationType, content: string, more = {}) =>
  cast.alice.new.message(uid('bob'), { type: MessageType.OPER, content, operation: { type, mid }, ...more });

let [returned, stranger]: DeployedPhone[] = [];

const situations: Record<string, Situation> = {
  'UnreadDL with two conversations and the notice conversation': {
    async before() {
      await cast.people.ok(cast.people.carol, 'rosterApply', { user_id: uid('bob') });
      const phone = await DeployedPhone.connect(cast.people.url, { ...cast.people.bob, guid: 'away for a while' });
      await phone.settle();
      phone.raw.terminate();
      await aliceWrites('unread');
      await aliceWritesToGroup('unread');
    },
    async at() {
      returned = await passivePhone('away for a while');
      return returned;
    },
    act: async () => void (await returned?.heartbeat()),
  },
  'Notice for a peer conversation': { at: () => passivePhone('newcomer'), act: () => aliceWrites('for a newcomer') },

  'SyncDL push with one 1:1 message, next_key = its id': { act: () => aliceWrites('pushed') },
  'SyncDL push, next_key 0': { act: () => aliceWrites('pushed2'), differs: stored },
  'SyncDL push, is_eager_sync set': { act: () => aliceWritesToGroup('pushed group'), differs: unmarked },
  'push base message for edit': { act: () => aliceWrites('base'), differs: stored },

  typing: {
    async act() {
      void cast.alice.new.message(uid('bob'), { qos: QoS.AT_MOST_ONCE, ext: '{"input_status":"typing"}' });
    },
    differs: transient,
  },

  'READ_ACK operation': {
    before: () => note(cast.bob.new.text(uid('alice'), 'read it')),
    act: () => cast.alice.new.operate(uid('bob'), READ_ACK, mid),
    differs: stored,
  },
  'READ_ALL operation from own other device': {
    before: () => aliceWrites('read elsewhere'),
    act: () => cast.bob.new.operate(uid('bob'), READ_ALL, mid, uid('alice')),
    differs: {
      ...inSystem,
      'metas.0.payload.operation.mid': {
        is: 'another',
        why: 'an entry has a mid of its own: one was recorded for both',
      },
    },
  },
  'DELETE operation from own other device': {
    before: () => aliceWrites('deleted elsewhere'),
    act: () => cast.bob.new.operate(uid('bob'), DELETE, mid, uid('alice')),
    differs: inSystem,
  },
  'RECALL operation': {
    before: () => aliceWrites('recalled'),
    act: () => cast.alice.new.operate(uid('bob'), RECALL, mid, uid('bob')),
    differs: stored,
  },
  'RECALL operation in a group': {
    before: () => aliceWritesToGroup('recalled'),
    act: () => cast.alice.new.operate(cast.gid, RECALL, mid, cast.gid),
    differs: stored,
  },
  'APPEND operation': { before: () => aliceWrites('base'), act: () => edit(APPEND, ' more'), differs: asCommand },
  'REPLACE operation': {
    before: () => aliceWrites('base'),
    act: () => edit(REPLACE, 'new', { config: '{"k":1}', ext: '{"e":2}' }),
    differs: asCommand,
  },

  'history page (is_full_sync), newest first, more available': {
    async before() {
      await aliceWrites('older');
      await cast.bob.new.text(uid('alice'), 'old1');
      await aliceWrites('old2');
      await cast.alice.old.settle();
    },
    async act() {
      cast.bob.old.raw.sync({ xid: { uid: uid('alice') }, isFullSync: true, fullSyncNum: 2 });
    },
    differs: {
      'metas.1.payload.status': { is: DeliveryStatus.DELIVERED, why: 'own messages show how far they have got' },
    },
  },
  'history page, end': {
    async act() {
      cast.bob.old.raw.sync({ xid: { uid: uid('alice') }, key: 1, isFullSync: true, fullSyncNum: 20 });
    },
  },

  'SyncDL ack for a client message': { act: bobSends(() => uid('alice'), MessageType.CHAT) },
  'SyncDL failure for a client message (USER_BANNED)': {
    before: () => call('alice', 'groupBan', { group_id: cast.gid, user_list: [uid('bob')], duration: -1 }),
    act: bobSends(() => cast.gid, MessageType.GROUPCHAT),
    differs: {
      ...shortAnswer,
      ...reason(
        'you are banned from sending to this group: you alone',
        'clients go by the code, and show the text if they want',
      ),
    },
  },
  'SyncDL failure (FAIL)': {
    before: () => call('alice', 'rosterBlock', { user_id: uid('bob') }),
    act: bobSends(() => uid('alice'), MessageType.CHAT),
    differs: {
      ...shortAnswer,
      ...reason('you have been blocked by the recipient', 'one of the texts that clients know'),
    },
  },
  'SyncDL UNAUTHORIZED "you must login first"': {
    async at() {
      stranger = new DeployedPhone(await RawClient.open(cast.people.url, Vsn.V1, 'socketio2'));
      return stranger;
    },
    async act() {
      stranger?.raw.sync({ xid: { uid: uid('alice') } });
    },
  },
};

/** What deployed clients take as well, and this server never says. */
const never: Record<string, string> = {
  'SyncDL ack without server_mid': 'a message would stay on its way for ever: what was sent has a mid',
  'SyncDL ack without xid': 'every acknowledgement names the conversation',
  'SyncDL ack that also carries metas and next_key': 'clients ignore what comes with an acknowledgement',
  'SyncDL ack with an unknown client_mid': 'who did not ask gets no answer',
  'SyncDL failure (UNAUTHORIZED, other reason)': 'who may not write is refused with FAIL and a text that clients know',
  'SyncDL failure (RATE_LIMIT_EXCEEDED)': 'who is too fast waits instead, and so do his frames behind',
  'SyncDL failure (INVALID_TOKEN)': 'a token that ends takes its sessions with it: there is nobody to answer',
};

describe('the server says what deployed clients were recorded to take', () => {
  const subjects = subjectsOf((subject) => !/Notice [A-Z]|^Conversation/.test(subject));

  test('of everything recorded there is a situation, or a reason why there is none', () => {
    expect(subjects.toSorted()).toEqual([...Object.keys(situations), ...Object.keys(never)].toSorted());
  });

  test.each(Object.entries(situations))('%s', async (subject, situation) => {
    await playDownlink(cast, subject, situation);
  });
});

describe.each(Object.entries(socketio))('the first packets of the client %s', (_, { handshake_url, text_packets }) => {
  const down = text_packets.filter(([direction]) => direction === 'down').map(([, text]) => text);

  test('are those that were recorded', async () => {
    const { search } = new URL(handshake_url.replace('PORT', '1'));
    expect(search).toBe(new URL(engineUrl(cast.people.url)).search);
    const line = await EngineLine.open(cast.people.url);
    const { uid, token } = cast.people.alice;
    const payload = encodeProvision({ xid: { uid }, token, deviceGuid: 'recorded' });
    line.frame(encodeFrame({ vsn: Vsn.V1, command: Command.PROVISION, payload }));
    for (let i = 3; i < down.length; i++) {
      line.frame(encodeFrame({ vsn: Vsn.V1, command: Command.UNREAD, payload: new Uint8Array() }));
    }
    await until(() => line.texts.length >= down.length && line.binaries.length > 0, 'the answers');
    const shapeOf = (handshake = '') => ({ ...JSON.parse(handshake.slice(1)), sid: 'differs', maxPayload: 'differs' });
    expect(line.texts[0]?.[0]).toBe('0');
    expect(shapeOf(line.texts[0])).toEqual(shapeOf(down[0]));
    expect(line.texts.slice(1, down.length)).toEqual(down.slice(1));
    line.socket.terminate();
  });
});
