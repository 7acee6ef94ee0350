import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** The schema as another implementation reads it: what our codec is compared with. */
const parsed = protobuf.parse(readFileSync(new URL('../src/xsync.proto', import.meta.url), 'utf8'));
export const schema = parsed.root.resolveAll().lookup('im.floo.protobuf') as protobuf.Namespace;
