import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startServer, temporaryFolder } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../src/store/database.ts';
import { migrate } from '../src/store/migrate.ts';
import { ask, standingClock } from './support/rest.ts';
import { SmsGateway } from './support/sms-gateway.ts';

const first = '001-two-people-chat.sql';
const ours = new URL('../src/store/migrations/', import.meta.url);

let folder: string;
let path: string;
let migrations: URL;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'flooim.db');
  const sources = join(folder, 'migrations');
  mkdirSync(sources);
  migrations = pathToFileURL(`${sources}/`);
  copyFileSync(new URL(first, ours), new URL(first, migrations));
  migrate(path, migrations);
});
afterEach(() => rmSync(folder, { recursive: true }));

const add = (name: string, sql: string) => writeFileSync(new URL(name, migrations), sql);

function read(file: string, sql: string): unknown {
  const db = new Database(file, 'read');
  const row = db.get(sql);
  db.close();
  return row && Object.values(row)[0];
}
const version = (file: string) => read(file, 'PRAGMA user_version');

describe('a migration that fails', () => {
  it('fails the same way each time, and changes nothing', () => {
    add('002-more.sql', 'CREATE TABLE more (id INTEGER);');
    add('003-broken.sql', 'CREATE TABLE most (id INTEGER); SELECT * FROM nowhere;');
    for (let i = 0; i < 3; i++) expect(() => migrate(path, migrations)).toThrow(/no such table: nowhere/);
    expect(version(path)).toBe(1);
    expect(read(path, "SELECT name FROM sqlite_schema WHERE name IN ('more', 'most')")).toBeUndefined();
  });

  it('leaves a backup, which the next attempt replaces with what is there by then', () => {
    add('002-broken.sql', 'SELECT * FROM nowhere;');
    expect(() => migrate(path, migrations)).toThrow();
    const db = new Database(path, 'write');
    db.exec("UPDATE counter SET value = 4711 WHERE name = 'id'");
    db.close();
    writeFileSync(`${path}.before-2.new`, 'cut short');
    add('002-broken.sql', 'CREATE TABLE more (id INTEGER);');
    migrate(path, migrations);
    expect([version(path), version(`${path}.before-2`)]).toEqual([2, 1]);
    expect(read(`${path}.before-2`, "SELECT value FROM counter WHERE name = 'id'")).toBe(4711);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});

describe('a database from before numbers could be shown', () => {
  const rows = [
    [1, 'flooim', 'alice', '13800138000', 0],
    [2, 'flooim', 'bob', '+8613800138000', 0],
    // Nothing kept two from the same number before there was an index of them, and nothing looked at them.
    [3, 'flooim', 'carol', '13800138000', 1],
    [4, 'flooim', 'dora', ' 12 ', 0],
    [5, 'flooim', 'erik', '', 0],
    [6, 'flooim', 'frank', '', 2],
    [7, 'other', 'alice', '13800138000', 0],
  ] as const;

  /** As it was with three migrations. */
  function fill(): void {
    for (const name of ['002-groups.sql', '003-files.sql'])
      copyFileSync(new URL(name, ours), new URL(name, migrations));
    migrate(path, migrations);
    const db = new Database(path, 'write');
    for (const appId of ['flooim', 'other']) {
      db.run('INSERT INTO app (app_id, name, created_at) VALUES (?, ?, 1)', appId, appId);
    }
    for (const [uid, appId, username, mobile, status] of rows) {
      db.run(
        `INSERT INTO user (uid, app_id, username, password_hash, mobile, status, created_at) VALUES (?, ?, ?, '', ?, ?, 1)`,
        uid,
        appId,
        username,
        mobile,
        status,
      );
    }
    db.close();
  }

  it('keeps what users said, and nobody has shown anything', () => {
    fill();
    migrate(path);
    const db = new Database(path, 'read');
    const found = db.all('SELECT uid, app_id, username, mobile, status FROM user ORDER BY uid');
    expect(found.map((row) => Object.values(row))).toEqual(rows);
    const shown = "SELECT count(*) AS count FROM user WHERE mobile_verified_at <> 0 OR verified_by <> ''";
    expect(db.get(shown)?.['count']).toBe(0);
    expect(db.all('PRAGMA foreign_key_check')).toEqual([]);
    db.close();
    expect(version(`${path}.before-${version(path)}`)).toBe(3);
  });

  it('lets in who shows that a number is his, to whom all others of the app yield', async () => {
    fill();
    const gateway = await SmsGateway.open();
    const clock = standingClock();
    const server = await startServer({ data: folder, smsUrl: gateway.url, smsSecret: gateway.secret }, { clock });
    const { tokens } = server.context;
    const mobile = '13800138000';
    const codeFor = async () => {
      clock.advance(60_000);
      expect((await ask(server.url, 'smsCode', { mobile })).code).toBe(200);
      return gateway.code(mobile);
    };
    const logIn = async () => (await ask(server.url, 'mobileLogin', { mobile, captcha: await codeFor() })).data;
    expect(Object.keys(await logIn())).toEqual(['sign']);
    const { token } = await tokens.issue(5, '');
    expect((await ask(server.url, 'rosterByMobile', { mobile }, { token })).code).toBe(200);
    const bound = await ask(server.url, 'mobileBind', { mobile, captcha: await codeFor() }, { token });
    expect(bound.code).toBe(200);
    expect((await logIn()).username).toBe('erik');
    const found = server.context.reader.all("SELECT uid, mobile FROM user WHERE mobile <> '' ORDER BY uid");
    expect(found.map((row) => Object.values(row))).toEqual([
      [4, ' 12 '],
      [5, mobile],
      [7, mobile],
    ]);
    await server.close();
    await gateway.close();
  });
});

it('A database that is up to date is not copied', () => {
  migrate(path, migrations);
  expect(existsSync(`${path}.before-1`)).toBe(false);
});
