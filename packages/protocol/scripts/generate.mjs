// Makes src/gen/xsync.ts from src/xsync.proto. `--check` writes nothing and fails when the committed file differs.
import { readFileSync, writeFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const schemaFile = new URL('../src/xsync.proto', import.meta.url);
const outputFile = new URL('../src/gen/xsync.ts', import.meta.url);

/** What messages.ts calls things. Every other message and enum keeps its name, an enum inside a message both. */
const names = {
  XID: 'Xid',
  'Frame.VSN': 'Vsn',
  'Frame.Command': 'Command',
  'Frame.CompressMethod': 'CompressMethod',
  'Frame.EncryptMethod': 'number',
  'Status.ErrorCode': 'StatusCode',
  'Provision.OsType': 'OsType',
  'ConversationUnread.ConvType': 'ConversationType',
  'UnreadDL.Scope': 'UnreadScope',
  'Meta.NameSpace': 'Namespace',
  'MessageOperation.OpType': 'OperationType',
  'MessageBody.Type': 'MessageType',
  'MessageBody.ContentType': 'ContentType',
  'MessageBody.QoS': 'QoS',
  'MessageBody.Status': 'DeliveryStatus',
  'GroupNotice.Type': 'GroupNoticeType',
  'RosterNotice.Type': 'RosterNoticeType',
  'UserNotice.Type': 'UserNoticeType',
  'ConversationOperation.OpType': 'ConversationOperationType',
  'Conversation.Type': 'number',
};

/** Messages that neither side reads or writes. */
const unused = ['Info', 'RtcSignal'];

/** Fields that neither side reads or writes: skipped like unknown ones. */
const unusedFields = ['Frame.encrypt_key', 'Frame.check_sum', 'Provision.password'];

/** Messages that have fields on the wire which messages.ts does not show. */
const wireOnly = {
  Frame: { compressMethod: 'CompressMethod', encryptMethod: 'number' },
  Conversation: { type: 'number' },
};

/** Message fields that are never absent in messages.ts. */
const required = ['ConversationUnread.xid', 'Notice.xid'];

/** Written even when it is 0: deployed clients ask whether it is there. */
const explicit = ['XID.uid'];

/** Only ever inside another message: they need no function of their own for whole byte arrays. */
const nestedOnly = ['XID', 'Status', 'ConversationUnread', 'MessageOperation', 'ConversationOperation'];

/** Messages that frame.ts writes piece by piece. */
const composed = ['Frame', 'UnreadDL', 'SyncDL'];

/** Tags that frame.ts needs, to put encoded bytes together without decoding them. */
const sharedTags = ['Frame.payload', 'SyncDL.metas', 'MessageBody.status'];

const wireTypes = { uint32: 0, uint64: 0, sint32: 0, bool: 0, string: 2, bytes: 2 };
const defaults = { uint32: '0', uint64: '0', sint32: '0', bool: 'false', string: "''", bytes: 'emptyBytes' };

function generate(schema) {
  const root = protobuf.parse(schema, { keepCase: true }).root.resolveAll();
  const messages = root.lookup('im.floo.protobuf').nestedArray.filter((type) => !unused.includes(type.name));
  const parts = messages.map(describe);
  return [header(parts), ...parts.map(source)].join('\n');
}

function describe(type) {
  const fields = type.fieldsArray
    .filter((field) => !unusedFields.includes(`${type.name}.${field.name}`))
    .map((field) => describeField(type, field));
  // Repeated fields come last, so that encoded items can be appended to an encoded rest.
  const writeOrder = [...fields.filter((field) => !field.repeated), ...fields.filter((field) => field.repeated)];
  const name = names[type.name] ?? type.name;
  const extra = wireOnly[type.name];
  const whole = !nestedOnly.includes(type.name);
  return {
    name,
    tsType: extra ? `Wire${name}` : name,
    extra,
    fields,
    writeOrder,
    whole,
    exported: composed.includes(type.name),
  };
}

function describeField(type, field) {
  const path = `${type.name}.${field.name}`;
  const resolved = field.resolvedType;
  const isMessage = resolved instanceof protobuf.Type;
  const isEnum = resolved instanceof protobuf.Enum;
  if (field.map || (field.repeated && !isMessage) || (!resolved && !(field.type in wireTypes))) {
    throw new Error(`${path}: the generator does not know this kind of field yet`);
  }
  const kind = isMessage ? 'message' : isEnum ? 'enum' : field.type;
  const wireType = isMessage ? 2 : isEnum ? 0 : wireTypes[field.type];
  const typeName = isMessage
    ? (names[resolved.name] ?? resolved.name)
    : isEnum
      ? names[`${resolved.parent.name}.${resolved.name}`]
      : undefined;
  return {
    path,
    kind,
    typeName,
    key: field.name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
    tag: field.id * 8 + wireType,
    repeated: field.repeated,
    required: required.includes(path),
    explicit: explicit.includes(path),
  };
}

function header(parts) {
  const used = new Set(parts.map((part) => part.name));
  for (const field of parts.flatMap((part) => part.fields)) if (field.kind === 'enum') used.add(field.typeName);
  used.delete('number');
  const tags = parts.flatMap((part) => part.fields).filter((field) => sharedTags.includes(field.path));
  return `// Generated from xsync.proto by scripts/generate.mjs. Do not edit.
import type {
${[...used]
  .sort()
  .map((name) => `  ${name},\n`)
  .join('')}} from '../messages.ts';
import { emptyBytes, type Init, Reader, type Writer, writer } from '../wire.ts';

${tags.map((field) => `export const ${field.path.replace(/\W(.)/, (_, letter) => letter.toUpperCase()).replace(/^./, (first) => first.toLowerCase())}Tag = ${field.tag};\n`).join('')}`;
}

function source(part) {
  return [wireInterface(part), decode(part), read(part), encode(part), write(part)].filter(Boolean).join('\n');
}

function wireInterface({ name, tsType, extra }) {
  if (!extra) return '';
  const lines = Object.entries(extra).map(([key, type]) => `  ${key}: ${type};\n`);
  return `export interface ${tsType} extends ${name} {\n${lines.join('')}}\n`;
}

function decode({ name, tsType, whole }) {
  if (!whole) return '';
  return `export function decode${name}(bytes: Uint8Array): ${tsType} {
  return read${name}(new Reader(bytes), bytes.length);
}
`;
}

function read({ name, tsType, fields }) {
  return `function read${name}(r: Reader, end: number, m: ${tsType} = { ${fields.map((field) => `${field.key}: ${initial(field)}`).join(', ')} }): ${tsType} {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
${fields.map((field) => `      case ${field.tag}:\n        ${readField(field)};\n        break;\n`).join('')}      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}
`;
}

function initial({ kind, typeName, repeated, required }) {
  if (repeated) return '[]';
  if (kind === 'enum') return '0';
  if (kind !== 'message') return defaults[kind];
  // Of the required ones there is only one type; any other needs more than this.
  if (required && typeName !== 'Xid') throw new Error(`no default for ${typeName}`);
  return required ? '{ uid: 0, deviceSN: 0 }' : 'undefined';
}

function readField({ key, kind, typeName, repeated }) {
  if (repeated) return `m.${key}.push(read${typeName}(r, r.open()))`;
  // A field that comes twice is merged, as protobuf asks.
  if (kind === 'message') return `m.${key} = read${typeName}(r, r.open(), m.${key})`;
  if (kind === 'enum') return `m.${key} = r.uint32()${typeName === 'number' ? '' : ` as ${typeName}`}`;
  return `m.${key} = r.${kind === 'bytes' ? 'view' : kind}()`;
}

function encode({ name, tsType, whole }) {
  if (!whole) return '';
  return `export function encode${name}(m: Init<${tsType}>): Uint8Array {
  write${name}(writer.reset(), m);
  return writer.finish();
}
`;
}

function write({ name, tsType, writeOrder, exported }) {
  return `${exported ? 'export ' : ''}function write${name}(w: Writer, m: Init<${tsType}>): void {
${writeOrder.map(writeField).join('')}}
`;
}

function writeField({ key, kind, typeName, tag, repeated, explicit }) {
  if (repeated)
    return `  for (const item of m.${key} ?? []) {\n    const start = w.open(${tag});\n    write${typeName}(w, item);\n    w.close(start);\n  }\n`;
  if (kind === 'message')
    return `  if (m.${key}) {\n    const start = w.open(${tag});\n    write${typeName}(w, m.${key});\n    w.close(start);\n  }\n`;
  if (explicit) return `  w.explicit${kind[0].toUpperCase()}${kind.slice(1)}(${tag}, m.${key} ?? 0);\n`;
  return `  w.${kind === 'enum' ? 'uint32' : kind === 'bytes' ? 'view' : kind}(${tag}, m.${key});\n`;
}

const generated = generate(readFileSync(schemaFile, 'utf8'));
if (!process.argv.includes('--check')) writeFileSync(outputFile, generated);
else if (generated !== readFileSync(outputFile, 'utf8')) {
  console.error(
    'src/gen/xsync.ts is not what scripts/generate.mjs makes of src/xsync.proto: run it and commit the result',
  );
  process.exitCode = 1;
}
