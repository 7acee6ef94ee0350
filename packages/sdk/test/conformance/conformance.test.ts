import { afterAll, beforeAll, expect, test } from 'vitest';
import { events, fields, methods, seenFields } from './documented.ts';
import { loginSteps } from './login-steps.ts';
import { fileSteps, historySteps, messageSteps, operationSteps } from './message-steps.ts';
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
  ['logging in and out', loginSteps],
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

test('every field of the documented types had a value somewhere', () => {
  expect(fields.filter((name) => !seenFields.has(name))).toEqual([]);
});
