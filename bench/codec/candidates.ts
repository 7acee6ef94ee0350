/** How each codec encodes and decodes all four levels of a pushed message: Frame, SyncDL, Meta, MessageBody. */

export const candidates = ['ours', 'pbjs', 'pbf', 'es', 'tsproto'] as const;
export type Candidate = (typeof candidates)[number];

export interface Sample {
  title: string;
  content: string;
  ext: string;
}

/** The recorded push "SyncDL push, is_eager_sync set", and the same with what people write. */
export const samples: Sample[] = [
  { title: 'A recorded push of a short text', content: 'pushed group', ext: '' },
  {
    title: 'A push of a longer text with ext',
    content: '明天下午三点开会，请大家提前看一下文档。See you in room 4!',
    ext: '{"client":"web","quote":"1700000009000001"}',
  },
];

interface Adapter {
  title: string;
  /** Source of a module with every message of the schema, to be bundled. */
  entry: string;
  /** `decode` gives the text, so that the whole nest has been read. */
  // biome-ignore lint/suspicious/noExplicitAny: five libraries, five shapes, none of them installed here
  make: (codec: any, sample: Sample) => { encode: () => Uint8Array; decode: (bytes: Uint8Array) => string };
}

const group = 6597069770001;
const mid = 1700000009000003;

const body = ({ content, ext }: Sample) => ({ type: 3, content, ext });
const meta = (payload: Uint8Array) => ({
  id: mid,
  from: { uid: 6597069766001, deviceSN: 1 },
  to: { uid: group, deviceSN: 0 },
  timestamp: 1700000050000,
  ns: 1,
  payload,
});
const xid = { uid: group, deviceSN: 0 };
const ok = { code: 1, reason: '' };

export const adapters: Record<Candidate, Adapter> = {
  ours: {
    title: 'own generator (`scripts/generate.mjs`)',
    entry: `export * from 'PROTOCOL/frame.ts'`,
    make: (codec, sample) => ({
      encode: () => {
        const metas = [meta(codec.encodeMessageBody(body(sample)))];
        const payload = codec.encodeSyncDL({ status: ok, metas, nextKey: mid, xid, isEagerSync: true });
        return codec.encodeFrame({ vsn: 0, command: 1, payload });
      },
      decode: (bytes) => {
        const sync = codec.decodeSyncDL(codec.decodeFrame(bytes).payload);
        return codec.decodeMessageBody(sync.metas[0].payload).content;
      },
    }),
  },
  pbjs: {
    title: 'protobufjs 8 static',
    entry: `export * from './pbjs.js'`,
    make: ({ im }, sample) => {
      const { Frame, SyncDL, MessageBody } = im.floo.protobuf;
      return {
        encode: () => {
          const metas = [meta(MessageBody.encode(body(sample)).finish())];
          const payload = SyncDL.encode({ status: ok, metas, nextKey: mid, xid, isEagerSync: true }).finish();
          return Frame.encode({ command: 1, payload }).finish();
        },
        decode: (bytes) => MessageBody.decode(SyncDL.decode(Frame.decode(bytes).payload).metas[0].payload).content,
      };
    },
  },
  pbf: {
    title: 'pbf 5',
    entry: `export * from './pbf.js'; export { PbfReader, PbfWriter } from 'pbf'`,
    make: (codec, sample) => {
      const write = (writer: (message: unknown, pbf: unknown) => void, message: unknown) => {
        const pbf = new codec.PbfWriter();
        writer(message, pbf);
        return pbf.finish();
      };
      return {
        encode: () => {
          const metas = [meta(write(codec.writeMessageBody, body(sample)))];
          const payload = write(codec.writeSyncDL, { status: ok, metas, next_key: mid, xid, is_eager_sync: true });
          return write(codec.writeFrame, { command: 1, payload });
        },
        decode: (bytes) => {
          const frame = codec.readFrame(new codec.PbfReader(bytes));
          const sync = codec.readSyncDL(new codec.PbfReader(frame.payload));
          return codec.readMessageBody(new codec.PbfReader(sync.metas[0].payload)).content;
        },
      };
    },
  },
  es: {
    title: '@bufbuild/protobuf 2 (64-bit as bigint)',
    entry: `export * from './es/xsync_pb.js'; export { create, toBinary, fromBinary } from '@bufbuild/protobuf'`,
    make: ({ create, toBinary, fromBinary, ...schema }, sample) => ({
      encode: () => {
        const bodyBytes = toBinary(schema.MessageBodySchema, create(schema.MessageBodySchema, body(sample)));
        const metas = [
          {
            ...meta(bodyBytes),
            id: BigInt(mid),
            from: { uid: 6597069766001n, deviceSN: 1 },
            to: { uid: BigInt(group) },
            timestamp: 1700000050000n,
          },
        ];
        const sync = { status: ok, metas, nextKey: BigInt(mid), xid: { uid: BigInt(group) }, isEagerSync: true };
        const payload = toBinary(schema.SyncDLSchema, create(schema.SyncDLSchema, sync));
        return toBinary(schema.FrameSchema, create(schema.FrameSchema, { command: 1, payload }));
      },
      decode: (bytes) => {
        const sync = fromBinary(schema.SyncDLSchema, fromBinary(schema.FrameSchema, bytes).payload);
        return fromBinary(schema.MessageBodySchema, sync.metas[0].payload).content;
      },
    }),
  },
  tsproto: {
    title: 'ts-proto 2 (on the wire part of @bufbuild/protobuf)',
    entry: `export * from './tsproto/xsync.ts'`,
    make: ({ Frame, SyncDL, MessageBody }, sample) => {
      // It writes every field that is not exactly the default, so it wants complete messages.
      const emptyBody = MessageBody.decode(new Uint8Array());
      const emptySync = SyncDL.decode(new Uint8Array());
      const emptyFrame = Frame.decode(new Uint8Array());
      return {
        encode: () => {
          const metas = [meta(MessageBody.encode({ ...emptyBody, ...body(sample) }).finish())];
          const sync = { ...emptySync, status: ok, metas, nextKey: mid, xid, isEagerSync: true };
          return Frame.encode({ ...emptyFrame, command: 1, payload: SyncDL.encode(sync).finish() }).finish();
        },
        decode: (bytes) => MessageBody.decode(SyncDL.decode(Frame.decode(bytes).payload).metas[0].payload).content,
      };
    },
  },
};
