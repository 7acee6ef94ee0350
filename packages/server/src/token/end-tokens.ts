import type { Database, Row } from '../store/database.ts';

/** Ends a user's tokens inside the caller's transaction, all but one if one is named, and gives their hashes. */
export function endTokens(db: Database, uid: number, except: Uint8Array = new Uint8Array(0)): Uint8Array[] {
  return db.all('DELETE FROM token WHERE uid = ? AND hash <> ? RETURNING hash', uid, except).map(toHash);
}

/** A device, and the tokens that it is connected with now, as hex of their hashes. */
export interface TokenHolder {
  uid: number;
  guid: string;
  connectedWith: readonly string[];
}

/** Ends the tokens that a device holds, and gives their hashes. */
export function endDeviceTokens(db: Database, { uid, guid, connectedWith }: TokenHolder): Uint8Array[] {
  const sql = `DELETE FROM token WHERE uid = ?1 AND
    (device_guid = ?2 OR hash IN (SELECT unhex(value) FROM json_each(?3))) RETURNING hash`;
  return db.all(sql, uid, guid, JSON.stringify(connectedWith)).map(toHash);
}

export function toHash(row: Row): Uint8Array {
  return row['hash'] as Uint8Array;
}
