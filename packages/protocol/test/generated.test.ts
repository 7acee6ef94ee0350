import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import * as protocol from '../src/index.ts';
import { schema } from './schema.ts';

test('the generated code is what the generator makes of the schema', () => {
  const script = fileURLToPath(new URL('../scripts/generate.mjs', import.meta.url));
  execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' });
});

const enums: [string, Record<string, number>, Record<string, string>?][] = [
  ['Frame.VSN', protocol.Vsn, { XSYNC_V1: 'V1', XSYNC_V2: 'V2' }],
  ['Frame.Command', protocol.Command],
  ['Frame.CompressMethod', protocol.CompressMethod],
  ['Status.ErrorCode', protocol.StatusCode],
  ['Provision.OsType', protocol.OsType],
  ['ConversationUnread.ConvType', protocol.ConversationType, { UNKNOWN: 'SYSTEM' }],
  ['UnreadDL.Scope', protocol.UnreadScope],
  ['Meta.NameSpace', protocol.Namespace],
  ['MessageOperation.OpType', protocol.OperationType],
  ['MessageBody.Type', protocol.MessageType],
  ['MessageBody.ContentType', protocol.ContentType],
  ['MessageBody.QoS', protocol.QoS],
  ['MessageBody.Status', protocol.DeliveryStatus],
  ['GroupNotice.Type', protocol.GroupNoticeType],
  ['RosterNotice.Type', protocol.RosterNoticeType],
  ['UserNotice.Type', protocol.UserNoticeType],
  ['ConversationOperation.OpType', protocol.ConversationOperationType],
];

test.each(enums)('the values of %s are those of the schema', (path, ours, renamed = {}) => {
  const { values } = schema.lookupEnum(path);
  const expected = Object.entries(values).map(([name, value]) => [renamed[name] ?? name, value]);
  expect(ours).toEqual(Object.fromEntries(expected));
});

test('every message field has the name that the schema gives it', () => {
  for (const type of schema.nestedArray) {
    const decode = (protocol as Record<string, unknown>)[`decode${type.name}`];
    if (!(type instanceof protobuf.Type) || typeof decode !== 'function' || type.name === 'Frame') continue;
    const hidden = type.name === 'Provision' ? ['password'] : type.name === 'Conversation' ? ['type'] : [];
    const names = type.fieldsArray.map((field) => field.name).filter((name) => !hidden.includes(name));
    expect(Object.keys(decode(new Uint8Array()) as object).sort()).toEqual(names.sort());
  }
});
