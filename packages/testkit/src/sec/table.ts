import type { Row } from './row.ts';
import { accountRows } from './rows/account-rows.ts';
import { fileRows } from './rows/file-rows.ts';
import { groupRows } from './rows/group-rows.ts';
import { messageRows } from './rows/message-rows.ts';
import { rosterRows } from './rows/roster-rows.ts';
import { serviceRows } from './rows/service-rows.ts';

/** Every endpoint for every role. */
export const table: readonly Row[] = [
  ...accountRows,
  ...rosterRows,
  ...messageRows,
  ...groupRows,
  ...fileRows,
  ...serviceRows,
];
