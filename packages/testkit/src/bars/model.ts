/** The bar `model`: random commands of three users on two devices each; server and SDK must be as the model says. */
import { parseArgs } from 'node:util';
import { modelBugs } from '../model/bugs.ts';
import { total } from '../model/command.ts';
import { playModel } from '../model/play.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '100' },
      commands: { type: 'string', default: '80' },
      seed: { type: 'string', default: '1' },
      path: { type: 'string' },
      replay: { type: 'string' },
      /** One of `modelBugs`, by a word of its name. */
      bug: { type: 'string' },
    },
  });
  const { bug, path, replay } = values;
  const [runs, commands, seed] = [values.runs, values.commands, values.seed].map(Number) as [number, number, number];
  const overrides = bug === undefined ? undefined : modelBugs.find(({ name }) => name.includes(bug))?.overrides;
  const result = await playModel({ runs, commands, seed, path, replayPath: replay, overrides });
  const kinds = [...result.ran].map(([name, count]) => `${name} ${count}`).sort();
  console.log(`model: runs=${result.runs} commands=${total(result.ran)} failures=${result.failure ? 1 : 0}`);
  console.log(kinds.join(', '));
  if (result.failure) console.log(result.failure);
  process.exit(result.failure ? 1 : 0);
}

if (import.meta.main) await main();
