/** The bar `model`: random commands of three users on two to five devices each; server and SDK must be as the model says. */
import { parseArgs } from 'node:util';
import { modelBugs } from '../model/bugs.ts';
import { total } from '../model/command.ts';
import { playModel } from '../model/play.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '200' },
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
  console.log(
    `model: runs=${result.runs} commands=${total(result.ran)} restarts=${result.ran.get('restartServer') ?? 0} ` +
      `reconnects=${result.reconnects} divergences=${result.failure ? 1 : 0}`,
  );
  if (result.failure) {
    console.log([...result.ran].map(([name, count]) => `${name} ${count}`).join(', '));
    console.log(result.failure);
  }
  process.exit(result.failure ? 1 : 0);
}

if (import.meta.main) await main();
