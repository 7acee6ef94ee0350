import { Command, ContentType, ConversationOperationType, MessageType, OperationType } from '@flooim/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  bytesOf,
  downlink,
  type Recorded,
  type RecordedFrame,
  uplink,
  type Vector,
} from '../../protocol/test/vectors.ts';
import { OldEffects } from '../src/old/old-effects.ts';
import { OldSession } from '../src/old/old-session.ts';
import { OldStore, type OldVersion } from '../src/old/old-store.ts';
import { Uplink } from '../src/old/uplink.ts';
import { fieldsOf } from '../src/old/wire-fields.ts';

const [alice, bob, group] = [6597069766001, 6597069766002, 6597069770001];
const guid = '6597069766001_1073741824';
const token = 'T6597069766001-fixedtoken';
const mid = (n: number) => 1_700_000_000_000_000 + n;

/** The words of somebody whose clock stands at so many ms after the recordings began, and whose dice show the middle. */
function at(ms: number, uid = alice, deviceSN = 1): Uplink {
  return new Uplink({ uid, deviceSN, guid }, { clock: () => 1_700_000_000_000 + ms, random: () => 0.5 });
}

const { CHAT, GROUPCHAT } = MessageType;
const { APPEND, DELETE, READ_ALL, READ_CANCEL, RECALL, REPLACE } = OperationType;
const image = '{"url":"http://h/file/download/chat?file_sign=abc","dName":"p.png","fLen":10,"width":8,"height":8}';
const mention =
  '{"mentionAll":false,"mentionList":[6597069766002],"mentionedMessage":"@bob","pushMessage":"p","senderNickname":"Al"}';
const withXid = (frame: Vector) => fieldsOf(fieldsOf(bytesOf(frame)).get(4) as Uint8Array).get(1) as Uint8Array;

/** By the name of the recording, the same said by the test kit's device. */
const said: Record<string, (frame: Vector) => Uint8Array> = {
  'provision first login': () => at(0, alice, 999_999_999 + 1_070_000).provision(token),
  'provision after reload (token auto login)': () => at(0).provision(token),
  'unread heartbeat (also sent once right after provision)': () => at(0).unread(),
  'pull after Notice for the notice conversation (uid 0)#1': () => at(0).pull(new Uint8Array()),
  'pull after Notice for the notice conversation (uid 0)#2': (frame) => at(0).pull(withXid(frame), mid(4)),
  'pull after Notice for a conversation#1': (frame) => at(0).pull(withXid(frame)),
  'pull after Notice for a conversation#2': (frame) => at(0).pull(withXid(frame), mid(10)),
  'send 1:1 text': () => at(1000).message(bob, CHAT, { content: 'hello' }).bytes,
  'send 1:1 text with ext': () => at(2000).message(bob, CHAT, { content: 'é 汉字 😀', ext: '{"k":1}' }).bytes,
  'send 1:1 image with attachment': () =>
    at(3000).message(bob, CHAT, { ctype: ContentType.IMAGE, attachment: image }).bytes,
  'send 1:1 command': () => at(3500).message(bob, CHAT, { ctype: ContentType.COMMAND, content: 'cmd' }).bytes,
  typing: () => at(4000).typing(bob, 'typing').bytes,
  'read ack (single message)': () => at(6000, bob).readAck(alice, mid(5)).bytes,
  'read all of a conversation#1': () => at(7000, bob).readAck(alice, mid(6)).bytes,
  'read all of a conversation#2': () => at(7000, bob).readAck(alice, mid(7)).bytes,
  'read all of a conversation#3': () => at(7000, bob).readAck(alice, mid(10)).bytes,
  'read all of a conversation#4': () => at(7000, bob).operate(READ_ALL, alice, mid(10)).bytes,
  'mark message unread': () => at(8000, bob).operate(READ_CANCEL, alice, mid(5)).bytes,
  'recall 1:1': () => at(9000).operate(RECALL, bob, mid(5)).bytes,
  'delete message (self only)': () => at(10_000).operate(DELETE, bob, mid(5)).bytes,
  'history from newest': () => at(0).history(bob, 0, 20),
  'history from a message id': () => at(0).history(bob, mid(9), 20),
  'history key above 2^53 (precision loss in the client)': () => at(0).history(bob, 9_007_199_254_740_992, 5),
  'send group text': () => at(11_000).message(group, GROUPCHAT, { content: 'hi group', priority: 2 }).bytes,
  mention: () => at(12_000).mention(group, { content: '@bob hi', config: mention }).bytes,
  'recall in group': () => at(13_000).operate(RECALL, group, mid(22)).bytes,
  'read group conversation': () => at(14_000, bob).operate(READ_ALL, group, mid(23)).bytes,
  'delete conversation everywhere': () =>
    at(15_000).deleteConversation(ConversationOperationType.DELETE_EVERYWHERE, bob).bytes,
  'delete conversation on this device': () =>
    at(16_000).deleteConversation(ConversationOperationType.DELETE, group).bytes,
  'append content': () => at(18_000).edit(APPEND, bob, mid(28), { content: ' more' }).bytes,
  'replace content': () =>
    at(19_000).edit(REPLACE, bob, mid(28), { content: 'new', config: '{"k":1}', ext: '{"e":2}' }).bytes,
  'replace content without config/ext': () => at(19_500).edit(REPLACE, bob, mid(28), { content: 'new2' }).bytes,
  'group text in a read_ack group': () =>
    at(20_000).message(group, GROUPCHAT, {
      content: 'ack me',
      config: '{"groupMemberList":[6597069766002,6597069766003]}',
    }).bytes,
  'read a group message that asked for acks#1': () => at(21_000, bob).readAck(alice, mid(35)).bytes,
  'read a group message that asked for acks#2': () => at(21_000, bob).operate(READ_ALL, group, mid(35)).bytes,
};

describe('the device of the test kit speaks as deployed clients were recorded, byte for byte', () => {
  test.each(uplink)('$name', (frame) => {
    const say = said[frame.name];
    if (!say) throw new Error('it cannot say this');
    expect(Buffer.from(say(frame)).toString('hex')).toBe(frame.hex);
  });
});

/** What a recording says besides its frame. */
type Downlink = Vector & {
  client: 'both' | OldVersion;
  client_events: { event: string; data: unknown }[];
  client_sends: RecordedFrame[];
};

/** A pull as the recordings have it: only what is on the wire. */
function asRecorded(frame: Uint8Array): RecordedFrame {
  const outer = fieldsOf(frame);
  expect(outer.get(3)).toBe(Command.SYNC);
  const sync = fieldsOf(outer.get(4) as Uint8Array);
  const xid = fieldsOf(sync.get(1) as Uint8Array);
  const payload: Recorded = {
    xid: { uid: String(xid.get(1)), ...(xid.has(2) && { deviceSN: xid.get(2) as number }) },
    ...(sync.has(2) && { key: String(sync.get(2)) }),
  };
  return { vsn: 'XSYNC_V1', compress_method: 'NONE', command: 'SYNC', payload } as RecordedFrame;
}

describe.each(['2.0.0', '3.0.0'] as const)('the device does on recorded frames what a client %s does', (version) => {
  const recordings = (downlink as Downlink[]).filter(({ client }) => client === 'both' || client === version);
  let store: OldStore;
  let session: OldSession;
  let sent: Uint8Array[];
  let logins: number;

  const open = () => {
    sent = [];
    session = new OldSession({
      store,
      effects: new OldEffects(store, version),
      uplink: at(0, bob),
      send: (frame) => sent.push(frame),
      times: { heartbeatMs: 60_000, waitToPullMs: 0 },
      onProvision: () => {},
      onUserNotice: () => {},
      onLoginNeeded: () => {
        logins += 1;
      },
    });
  };

  beforeEach(() => {
    store = Object.assign(new OldStore(), { uid: bob });
    store.groups.add(group);
    logins = 0;
    open();
  });

  const hear = (name: string) => {
    const found = recordings.find((recording) => recording.name === name);
    if (!found) throw new Error(`${name} is not recorded`);
    session.hear(bytesOf(found));
  };

  test.each(recordings)('$name', (recording) => {
    session.hear(bytesOf(recording));
    expect(sent.map(asRecorded)).toEqual(recording.client_sends);
    const events = recording.client_events.map(({ event }) => event);
    expect(logins).toBe(recording.client_events.some(({ data }) => Object(data).desc === 'relogin') ? 1 : 0);
    if (events.includes('onInputStatusMessage')) expect(store.typing).toHaveLength(1);
    const isBroken = recording.name === 'SyncDL ack without server_mid';
    expect(store.faults).toHaveLength(isBroken ? 1 : 0);
  });

  const messages = (of: number) => [...store.conversation(of).messages.values()].map(({ content }) => content);

  test('a pushed message is there and unread, and one READ_ACK or READ_ALL reads it', () => {
    hear('SyncDL push with one 1:1 message, next_key = its id');
    hear('SyncDL push, next_key 0');
    expect(messages(alice)).toEqual(['pushed', 'pushed2']);
    expect(store.conversation(alice).unread).toHaveLength(2);
    hear('READ_ALL operation from own other device');
    expect(store.conversation(alice).unread.map(({ content }) => content)).toEqual(['pushed']);
  });

  test('what is recalled or deleted is gone, in a group from 3.0.0 on', () => {
    hear('SyncDL push with one 1:1 message, next_key = its id');
    hear('SyncDL push, next_key 0');
    hear('SyncDL push, is_eager_sync set');
    hear('RECALL operation');
    hear('DELETE operation from own other device');
    hear('RECALL operation in a group');
    expect(messages(alice)).toEqual([]);
    expect(messages(group)).toEqual(version === '2.0.0' ? ['pushed group'] : []);
  });

  test('what comes twice on one connection is noted twice, and replaces what came in an earlier one', () => {
    hear('SyncDL push, next_key 0');
    open();
    hear('SyncDL push, next_key 0');
    expect(store.conversation(alice).arrivals).toHaveLength(1);
    hear('SyncDL push, next_key 0');
    expect(store.conversation(alice).arrivals).toHaveLength(2);
    expect(messages(alice)).toEqual(['pushed2']);
  });

  test('groups and friends come and go by notices', () => {
    hear('GroupNotice DESTROYED');
    expect([...store.groups]).toEqual([]);
    hear('GroupNotice JOINED (self)');
    hear('RosterNotice ADDED');
    expect([[...store.groups], [...store.friends]]).toEqual([[group], [alice]]);
    hear('GroupNotice KICKED (self)');
    expect([...store.groups]).toEqual([]);
  });

  test('a SyncDL without status or xid that answers no send breaks the client', () => {
    session.hear(Buffer.from('0800100018012202200a', 'hex'));
    expect(store.faults).toEqual(['a SyncDL without status or xid that answers no send']);
  });

  test('an edit changes the message from 3.0.0 on', () => {
    if (version === '2.0.0') return;
    hear('push base message for edit');
    hear('APPEND operation');
    expect(messages(alice)).toEqual(['base more']);
    hear('REPLACE operation');
    expect(messages(alice)).toEqual(['new']);
  });
});
