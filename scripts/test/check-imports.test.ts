import { expect, test } from 'vitest';
import { findViolations } from '../check-imports.mjs';

test.each([
  ['packages/protocol/src/rest.ts', "import { x } from 'flooim';"],
  ['packages/protocol/src/ids.ts', "import { x } from './gen/xsync.ts';"],
  ['packages/sdk/src/sync/sync.ts', "import { x } from '../message/message.ts';"],
  ['packages/sdk/src/message/message.ts', "import { x } from '../surface/sys-manage.ts';"],
  ['packages/sdk/src/rest/client.ts', "import { readFileSync } from 'node:fs';"],
  ['packages/server/src/config.ts', "import type { Flooim } from 'flooim';"],
  [
    'packages/server/src/config.ts',
    "import { x } from '../../protocol/src/limits.ts';\nimport { y } from '../../sdk/src/index.ts';",
  ],
  ['packages/server/src/roster/roster-routes.ts', "import { x } from './roster-store.ts';"],
  ['packages/server/src/message/message-service.ts', "import { x } from '../roster/roster-store.ts';"],
  ['packages/server/src/message/message-service.ts', "export { x } from '../delivery/registry.ts';"],
  ['packages/server/src/message/message-store.ts', "import { x } from '../delivery/log.ts';"],
  ['packages/server/src/delivery/fan-out.ts', "const x = await import('../gateway/session.ts');"],
  ['packages/server/src/store/store.ts', "import { x } from '../message/message-store.ts';"],
  [
    'packages/web/src/message/ChatPane.vue',
    '<script setup lang="ts">\nimport { x } from \'@flooim/server\';\n</script>',
  ],
])('%s may not say: %s', (file, text) => {
  expect(findViolations({ [file]: text })).not.toEqual([]);
});

test.each([
  ['packages/protocol/src/frame.ts', "import { x } from './gen/xsync.ts';"],
  ['packages/sdk/src/surface/sys-manage.ts', "import { x } from '../message/message.ts';"],
  ['packages/sdk/src/platform/node.ts', "import { readFileSync } from 'node:fs';"],
  ['packages/server/src/message/message-frames.ts', "import { x } from './message-service.ts';"],
  [
    'packages/server/src/message/message-service.ts',
    "import { x } from './message-store.ts';\nimport { y } from '../roster/roster-service.ts';",
  ],
  ['packages/server/src/message/message-store.ts', "import { x } from '../store/store.ts';"],
  ['packages/server/src/gateway/session.ts', "import { x } from '../delivery/registry.ts';"],
  ['packages/server/src/context.ts', "import { x } from './message/message-store.ts';"],
  ['packages/web/src/session/LoginPage.vue', '<script setup lang="ts">\nimport { x } from \'flooim\';\n</script>'],
  ['packages/server/src/config.ts', "// import { x } from 'flooim';"],
])('%s may say: %s', (file, text) => {
  expect(findViolations({ [file]: text })).toEqual([]);
});
