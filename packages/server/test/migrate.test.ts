import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../src/store/database.ts';
import { migrate } from '../src/store/migrate.ts';

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

it('A database that is up to date is not copied', () => {
  migrate(path, migrations);
  expect(existsSync(`${path}.before-1`)).toBe(false);
});
