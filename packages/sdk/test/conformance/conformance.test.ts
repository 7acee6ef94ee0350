import { afterAll, beforeAll, expect, test } from 'vitest';
import { events, fields, methods, seenFields } from './documented.ts';
import { appSteps, sessionEndSteps } from './end-steps.ts';
import { avatarSteps, fileSteps } from './file-steps.ts';
import { endSteps, joiningSteps, roleSteps } from './group-member-steps.ts';
import { groupMessageSteps } from './group-message-steps.ts';
import { beginSteps, settingSteps } from './group-steps.ts';
import { loginSteps } from './login-steps.ts';
import { historySteps, messageSteps, operationSteps } from './message-steps.ts';
import { applicationSteps, blockSteps, rosterSteps } from './roster-steps.ts';
import { Stage } from './stage.ts';
import { shown } from './step.ts';
import { userSteps } from './user-steps.ts';

/** One scenario in chapters: each goes on where the one before it ended. */
const chapters: [string, (stage: Stage) => Promise<void>][] = [
  ['becoming friends', applicationSteps],
  ['knowing people', rosterSteps],
  ['the own profile and settings', userSteps],
  ['messages between two', messageSteps],
  ['operations on them', operationSteps],
  ['history and conversations', historySteps],
  ['blocking and parting', blockSteps],
  ['files', fileSteps],
  ['avatars', avatarSteps],
  ['a group begins', beginSteps],
  ['what a group is like', settingSteps],
  ['coming to a group and leaving it', joiningSteps],
  ['roles and bans', roleSteps],
  ['messages of a group', groupMessageSteps],
  ['a group ends', endSteps],
  ['logging in and out', loginSteps],
  ['sessions that end', sessionEndSteps],
  ['an app that is closed', appSteps],
];

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.build();
});
afterAll(() => stage.strike());

for (const [title, steps] of chapters) test(title, { timeout: 120_000 }, () => steps(stage));

test('every documented method has a step', () => {
  expect(methods.filter((name) => !shown.methods.has(name))).toEqual([]);
});

test('every documented event was seen', () => {
  expect(events.filter((name) => !shown.events.has(name))).toEqual([]);
});

/** What the documentation's examples of `flooNotice` and `flooError` say. */
const words = [
  ...['socket connecting...', 'socket connect success...', 'logining socket service...', 'login socket failure ......'],
  ...[
    'login socket success.....',
    'getting token...',
    'token sucecc, getting roster lists..',
    'get roster list failure',
  ],
].map((text) => `loginMessage ${text}`);
const userNotices = [
  ...['PASSWORD_CHANGED', 'FROZEN', 'REMOVED', 'KICK_BY_SAME_DEVICE', 'KICKED_BY_OTHER_DEVICE', 'INFO_UPDATED'],
  ...['DEVICE_LOGIN', 'DEVICE_LOGOUT', 'DEVICE_ADDED', 'DEVICE_REMOVED', 'CLUSTER_CHANGED'],
].map((name) => `userNotice ${name}`);
const others = ['action relogin', 'action relogin_manually', 'conversation_deleted'];
const errors = ['USER_BANNED', 'USER_FROZEN', 'APP_FROZEN', 'LICENSE', 'DNS_FAILED'];

test('every documented notice and error was told', () => {
  const wanted = [...words, ...userNotices, ...others, ...errors];
  expect(wanted.filter((one) => !shown.words.has(one))).toEqual([]);
});

/** Fields that no server gives a value, and why. */
const withoutValue = {
  'UserProfile.email': 'nothing sets it',
};

test('every field of the documented types had a value of its type somewhere', () => {
  expect(fields.filter((name) => !seenFields.has(name)).sort()).toEqual(Object.keys(withoutValue).sort());
});
