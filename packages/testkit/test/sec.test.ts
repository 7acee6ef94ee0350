import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { EntryKind } from '../../server/src/store/entry.ts';
import { runSec } from '../src/bars/sec.ts';
import { cellsOfEndpoints, cellsOfFrames } from '../src/sec/cells.ts';
import { outcomeOf, readCells, roles } from '../src/sec/roles.ts';
import type { Row } from '../src/sec/row.ts';
import { frameRows } from '../src/sec/rows/frame-rows.ts';
import { Secrets } from '../src/sec/secrets.ts';
import { table } from '../src/sec/table.ts';

const rowsOf = (...names: Row['name'][]) => table.filter(({ name }) => names.includes(name));

describe('every endpoint and every kind of frame', () => {
  test('does for each role what the table says, and gives no secret away', { timeout: 300_000 }, async () => {
    const { cells, logged, ...found } = await runSec();
    expect(found).toEqual({ wrong: [], uncovered: [], secrets: [] });
    expect(cells).toBeGreaterThan(roles.length * (table.length + frameRows.length));
    expect(logged).toBeGreaterThan(roles.length * table.length);
  });
});

describe('what fails', { timeout: 120_000 }, () => {
  test('is logged without what was to be written', async () => {
    const { wrong, secrets } = await runSec({
      rows: rowsOf('messageSend', 'userChangePassword', 'userProfileUpdate', 'groupAnnounce', 'pushAlias'),
      frames: frameRows.filter(({ about }) => about === 'to the group'),
      meddle({ server }) {
        const db = new DatabaseSync(join(server.data, 'flooim.db'), { timeout: 20_000 });
        db.exec(`
          CREATE TRIGGER no_messages BEFORE INSERT ON entry WHEN NEW.kind = ${EntryKind.message}
          BEGIN SELECT RAISE(ABORT, 'not today'); END;
          CREATE TRIGGER no_changes BEFORE UPDATE OF password_hash, private_info ON user BEGIN SELECT RAISE(ABORT, 'not today'); END;
          CREATE TRIGGER no_news BEFORE INSERT ON group_announcement BEGIN SELECT RAISE(ABORT, 'not today'); END;
          CREATE TRIGGER no_pushes BEFORE INSERT ON push_alias BEGIN SELECT RAISE(ABORT, 'not today'); END;
        `);
        db.close();
      },
    });
    for (const name of ['messageSend to a group', 'userChangePassword', 'userProfileUpdate', 'pushAlias'])
      expect(wrong.filter((text) => text.includes(`${name} by member: ?`)).join()).toContain('20000');
    expect(secrets).toEqual([]);
  });
});

describe('the bar finds', { timeout: 120_000 }, () => {
  test('a right that is not asked for', async () => {
    const { wrong } = await runSec({
      rows: rowsOf('fileUploadGroupAvatar'),
      frames: [],
      meddle: ({ server }) => Object.assign(server.context.uploadRights, { check: async () => {} }),
    });
    const allowed = ['otherApp', 'stranger', 'friend', 'blocked', 'former', 'member', 'banned'];
    expect(wrong.map((text) => text.split(':')[0]).toSorted()).toEqual(
      allowed.map((role) => `GET fileUploadGroupAvatar by ${role}`).toSorted(),
    );
  });

  test('a right that is asked for in vain, over the socket', async () => {
    const frames = frameRows.filter(({ about }) => about === 'history of the group');
    const { wrong, secrets } = await runSec({
      rows: [],
      frames,
      meddle({ server }) {
        const { messageReader } = server.context;
        const all = (device: object, peer: number, key: number, count: number) => {
          const { reader } = server.context;
          const owner = Number(reader.get('SELECT owner FROM group_info WHERE gid = ?', peer)?.['owner'] ?? 0);
          return history({ ...device, uid: owner } as Parameters<typeof history>[0], peer, key, count);
        };
        const history = messageReader.history.bind(messageReader);
        Object.assign(messageReader, { history: all });
      },
    });
    expect(wrong.length).toBeGreaterThan(3);
    expect(wrong.join()).toContain('by stranger: + and not M');
    expect(secrets).toEqual([]);
  });

  test('a route, a method and a kind of frame without a row', async () => {
    const { uncovered } = await runSec({
      rows: [],
      frames: [],
      addRoutes: (router) => router.get('/back/door', async () => ({})),
    });
    expect(uncovered).toEqual(expect.arrayContaining(['GET /back/door', 'HEAD /back/door']));
    expect(uncovered).toEqual(expect.arrayContaining(['POST /group/kick', 'DELETE /group/kick']));
    expect(uncovered).toEqual(expect.arrayContaining(['operation RECALL', 'namespace MESSAGE', 'command SYNC']));
    expect(uncovered).not.toContain('operation DELIVER_ACK');
    expect(uncovered).not.toContain('GET /healthz');
  });

  test('a token in the log, and a password hash or the words of others in an answer', async () => {
    const { secrets } = await runSec({
      rows: rowsOf('userProfile', 'rosterById'),
      frames: [],
      meddle({ server, secrets: known }, log) {
        const { tokens, users, roster } = server.context;
        const verify = tokens.verify.bind(tokens);
        const told = known.text();
        Object.assign(tokens, {
          verify(appId: string, token: string) {
            log.info(`asked by ${token}`);
            return verify(appId, token);
          },
        });
        Object.assign(users, { profile: async () => ({ password_hash: '$argon2id$v=19$m=1' }) });
        Object.assign(roster, { itemById: async () => ({ ext: told }) });
      },
    });
    expect(secrets).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^the log: t[\w-]{43} in /),
        expect.stringContaining('the answer of GET userProfile by owner: a password hash'),
        expect.stringMatching(/^the answer of GET rosterById by stranger: text-/),
      ]),
    );
  });
});

describe('what the bar reads', () => {
  test('the table has a line for each row, and no other', () => {
    const name = (each: string, about?: string) => (about ? `${each}: ${about}` : each);
    expect([...cellsOfEndpoints.keys()]).toEqual(table.map((row) => name(row.name, row.about)));
    expect([...cellsOfFrames.keys()]).toEqual(frameRows.map((row) => name(row.kind, row.about)));
  });

  test('a row has a cell for each role', () => {
    expect([...readCells('-xf G MMM MAA++ uup').values()].join('')).toBe('-xfGMMMMAA++uup');
    for (const text of ['-xf G MMM MAA++ uu', '-xf G MMM MAA++', '-xfG MMM MAA++ uup'])
      expect(() => readCells(text)).toThrow('not the cells of a row');
  });

  test('an answer without anything is not one with something', () => {
    expect(outcomeOf({ code: 200, data: [] })).toBe('0');
    expect(outcomeOf({ code: 200, data: [{ user_id: 1, result: 'fail' }] })).toBe('%');
    expect(outcomeOf({ code: 200, data: [{ user_id: 1, result: 'success' }] })).toBe('+');
    expect(outcomeOf({ code: 10010, message: 'no permission: really not' })).toBe('p');
    expect(outcomeOf({ code: 10010, message: 'some other reason' })).toBe('?');
  });

  test('a secret is found whole, by its beginning and by its end', () => {
    const secrets = new Secrets();
    const secret = secrets.text();
    for (const text of [secret, `a ${secret.slice(0, 15)}`, `${secret.slice(-12)} b`])
      expect(secrets.in(text)).toEqual([secret]);
    expect(secrets.in('text-0123456789abcdef01234567')).toEqual([]);
  });
});
