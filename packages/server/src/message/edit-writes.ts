import { applyEdit, decodeMessageBody, encodeMessageBody, limits, type MessageBody } from '@flooim/protocol';
import { keepInEdited } from '../file/file-refs.ts';
import { objectsIn } from '../file/object-names.ts';
import type { CommandTable } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { contentProblem, editPayload } from './message-content.ts';
import { groupRefusal, pairRefusal, refused } from './refusals.ts';
import { append, messageIn, repeated, type SendResult, type SentOperation } from './sent.ts';

export const editWrites = {
  /** Changes a message, and says so in its log. The entry carries what is added or replaced. */
  'message.edit'(db: Database, sent: SentOperation): SendResult {
    const { entry, operation, peerLog } = sent;
    const forbidden = repeated(db, sent) ?? refusal(db, sent);
    if (forbidden) return forbidden;
    const target = messageIn(db, peerLog, operation.mid);
    if (!target) return refused('messageNotFound');
    if (target['from_uid'] !== entry.fromUid) return refused('editForeign');
    const edit = decodeMessageBody(entry.payload);
    const edited = editedBody(target, sent, edit);
    const stored = new Uint8Array(encodeMessageBody(edited));
    const problem = contentProblem(edited) ?? (stored.length > limits.payloadBytes ? 'the message is too large' : '');
    if (problem) return refused('invalidParameter', problem);
    db.run('UPDATE entry SET payload = ? WHERE mid = ?', stored, operation.mid);
    // The whole of it: a stream may bring a link in pieces.
    const named = { appId: sent.appId, uid: entry.fromUid, objects: objectsIn(stored) };
    keepInEdited(db, named, { logId: peerLog, mid: operation.mid, target: sent.peer });
    const { editTimestamp } = edited;
    const payload = new Uint8Array(editPayload(operation, edit, editTimestamp));
    const appended = append(db, { ...sent, entry: { ...entry, payload } });
    db.run('INSERT INTO message_edit (mid, entry) VALUES (?, ?)', operation.mid, appended.placed.mid);
    return { ...appended, payload, editTimestamp };
  },
} satisfies CommandTable;

/** The entries that told of a message's edits. */
export function editsOf(db: Database, mid: number): number[] {
  return db.all('SELECT entry FROM message_edit WHERE mid = ?', mid).map((row) => Number(row['entry']));
}

function refusal(db: Database, { where, appId, entry, friendsOnly }: SentOperation): SendResult | undefined {
  if (where === 'system') return undefined;
  return where === 'group' ? groupRefusal(db, appId, entry) : pairRefusal(db, entry, friendsOnly);
}

function editedBody(target: Row, { operation, entry }: SentOperation, edit: MessageBody): MessageBody {
  const held = decodeMessageBody(target['payload'] as Uint8Array);
  const editTimestamp = Math.max(entry.time, held.editTimestamp + 1);
  return { ...held, ...applyEdit(held, operation.type, edit), editTimestamp };
}
