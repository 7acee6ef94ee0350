import { ServerError } from '../error.ts';
import type { GroupAct, GroupDone, Refused } from './group-command.ts';
import type { GroupDelivery } from './group-delivery.ts';

/** Runs a command of a group: delivers what it wrote before anything later is heard of, and throws why it was refused. */
export async function runCommand<A extends GroupAct, D extends GroupDone>(
  groupDelivery: GroupDelivery,
  command: (args: A, atOnce: (result: Refused | D) => void) => Promise<Refused | D>,
  args: A,
): Promise<D> {
  const result = await command(args, (done) => {
    if ('appended' in done) groupDelivery.settled(args.gid, done);
  });
  if ('refused' in result) throw new ServerError(result.refused);
  return result;
}
