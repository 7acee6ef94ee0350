import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { decodeNested, encodeNested } from './nested.ts';
import { schema } from './schema.ts';
import {
  bytesOf,
  downlink,
  type Recorded,
  type RecordedFrame,
  type RecordedValue,
  uplink,
  type Vector,
} from './vectors.ts';

const cases = [
  ...uplink.map((vector) => ({ direction: 'uplink' as const, vector, title: title(vector) })),
  ...downlink.map((vector) => ({ direction: 'downlink' as const, vector, title: title(vector) })),
];

describe.each(cases)('$direction: $title', ({ direction, vector }) => {
  test('decodes to what is recorded beside it', () => {
    expect(decodeNested(bytesOf(vector), direction)).toMatchObject(expected(vector.decoded, direction));
  });

  test('encodes back to a message that decodes the same', () => {
    const decoded = decodeNested(bytesOf(vector), direction);
    expect(decodeNested(encodeNested(decoded, direction), direction)).toEqual(decoded);
  });

  test('shows no field that is not recorded', () => {
    const recorded = expected(vector.decoded, direction);
    expect(withoutDefaults(decodeNested(bytesOf(vector), direction))).toEqual(withoutDefaults(recorded));
  });
});

function title({ name, decoded }: Vector): string {
  return `${name} (${decoded.command})`;
}

function expected(frame: RecordedFrame, direction: 'uplink' | 'downlink'): Recorded {
  const { compress_method: _, ...shown } = frame as unknown as Recorded;
  const payloadType = {
    PROVISION: 'Provision',
    UNREAD: 'UnreadDL',
    NOTICE: 'Notice',
    SYNC: direction === 'uplink' ? 'SyncUL' : 'SyncDL',
  }[frame.command];
  return convert(shown, schema.lookupType('Frame'), payloadType);
}

/** Schema names to ours, enum names to numbers, decimal strings to numbers, and what a bytes field holds. */
function convert(message: Recorded, type: protobuf.Type, payloadType = entryType(message)): Recorded {
  const entries = Object.entries(message).map(([name, value]) => {
    const key = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const field = type.fields[key];
    if (!field) throw new Error(`${type.name} has no field ${name}`);
    const convertOne = (item: RecordedValue): RecordedValue => convertValue(item, field, payloadType);
    return [key, Array.isArray(value) ? value.map(convertOne) : convertOne(value)] as const;
  });
  const shown = entries.filter(([key]) => !(type.name === 'Conversation' && key === 'type'));
  return Object.fromEntries(shown);
}

function convertValue(value: RecordedValue, field: protobuf.Field, payloadType: string | undefined): RecordedValue {
  if (field.resolvedType instanceof protobuf.Enum) return field.resolvedType.values[value as string] as number;
  if (field.resolvedType) return convert(value as Recorded, field.resolvedType);
  if (field.type === 'bytes') return convert(value as Recorded, schema.lookupType(payloadType as string));
  return field.type === 'uint64' ? Number(value) : value;
}

function entryType({ ns }: Recorded): string | undefined {
  const types: Record<string, string> = {
    MESSAGE: 'MessageBody',
    GROUP_NOTICE: 'GroupNotice',
    ROSTER_NOTICE: 'RosterNotice',
    USER_NOTICE: 'UserNotice',
    CONVERSATION: 'Conversation',
  };
  return types[ns as string];
}

/** Absent and default are the same in proto3, and a message of defaults alone is like none. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== 'object' || value === null) return value;
  const shown = Object.entries(value)
    .map(([key, field]) => [key, withoutDefaults(field)] as const)
    .filter(([, field]) => field && (typeof field !== 'object' || Object.keys(field).length > 0));
  return Object.fromEntries(shown);
}
