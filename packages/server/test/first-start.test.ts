import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { spawnServer, startServer } from '@flooim/testkit';
import { describe, expect, it } from 'vitest';
import { DataFolderError } from '../src/data-folder.ts';
import { createServer } from '../src/server.ts';
import { ask, join, newFolder, password } from './support/rest.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the first start', () => {
  it('makes a folder and secrets that only the owner can read', async () => {
    const data = newFolder();
    const server = await startServer({ data });
    expect(modeOf(data)).toBe(0o700);
    expect(modeOf(joinPath(data, 'secret.json'))).toBe(0o600);
    const { key } = JSON.parse(readFileSync(joinPath(data, 'secret.json'), 'utf8'));
    expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    await server.close();
  });

  it('makes other secrets for every server, and the app flooim', async () => {
    const servers = [await startServer(), await startServer()] as const;
    const keys = servers.map(({ context }) => context.secrets.key.toString('hex'));
    expect(new Set(keys).size).toBe(2);
    expect(servers[0].context.apps.find('flooim')).toMatchObject({ name: 'flooim', status: 'normal' });
    for (const server of servers) await server.close();
  });
});

describe('every later start', () => {
  it('finds accounts, tokens, friends, settings and secrets again', async () => {
    const data = newFolder();
    const first = await startServer({ data });
    const alice = await join(first.url, 'alice');
    const bob = await join(first.url, 'bob');
    await ask(first.url, 'rosterApply', { user_id: bob.uid }, { token: alice.token });
    await ask(first.url, 'userAuthMode', { value: 3 }, { token: bob.token });
    const { key } = first.context.secrets;
    await first.close();

    const second = await startServer({ data });
    expect(second.context.secrets.key).toEqual(key);
    expect((await ask(second.url, 'rosterList', {}, { token: alice.token })).data).toEqual([bob.uid]);
    expect((await ask(second.url, 'userSettings', {}, { token: bob.token })).data.auth_mode).toBe(3);
    expect((await ask(second.url, 'tokenByName', { name: 'alice', password })).code).toBe(200);
    await second.close();
  });

  it('closes secrets that were left open for others', async () => {
    const data = newFolder();
    await (await startServer({ data })).close();
    chmodSync(joinPath(data, 'secret.json'), 0o644);
    await (await startServer({ data })).close();
    expect(modeOf(joinPath(data, 'secret.json'))).toBe(0o600);
  });

  it('refuses secrets that are damaged instead of making new ones', async () => {
    const data = newFolder();
    await (await startServer({ data })).close();
    writeFileSync(joinPath(data, 'secret.json'), '{"key":"short"}');
    expect(() => createServer({ data, logLevel: 'silent' })).toThrow(/secret\.json is damaged/);
    expect(readFileSync(joinPath(data, 'secret.json'), 'utf8')).toContain('short');
  });
});

describe('a database that cannot be used', () => {
  it.each([
    ['is none', (path: string) => writeFileSync(path, 'garbage '.repeat(1000)), /not a database/],
    ['is newer than the server', (path: string) => setVersion(path, 999), /start a newer server/],
  ])('because it %s is named, and left as it is', async (_what, spoil, wanted) => {
    const data = newFolder();
    await (await startServer({ data })).close();
    const path = joinPath(data, 'flooim.db');
    spoil(path);
    const before = readFileSync(path);
    const start = () => createServer({ data, logLevel: 'silent' });
    expect(start).toThrow(path);
    expect(start).toThrow(wanted);
    expect(readFileSync(path)).toEqual(before);
  });
});

function setVersion(path: string, version: number): void {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA user_version = ${version}`);
  db.close();
}

describe('a data folder', () => {
  it('serves one server at a time, and the next one after it', async () => {
    const data = newFolder();
    const server = await startServer({ data });
    const second = () => createServer({ data, logLevel: 'silent' });
    expect(second).toThrow(DataFolderError);
    expect(second).toThrow(new RegExp(`another flooim server uses the data folder ${data}`));
    await server.close();
    await second().close();
  });

  it('is free again after its server was killed, without a step by hand', async () => {
    const data = newFolder();
    const server = await spawnServer({ data });
    const alice = await join(server.url, 'alice');
    await server.kill9();
    await server.restart();
    expect((await ask(server.url, 'userProfile', {}, { token: alice.token })).data.username).toBe('alice');
    await server.close();
  });
});
