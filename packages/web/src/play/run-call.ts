import { FlooError, type Flooim } from 'flooim';

export interface Outcome {
  ok: boolean;
  value: unknown;
  ms: number;
}

type Call = (...values: unknown[]) => unknown;

/** Calls a method; what it throws or rejects with is an outcome too. */
export async function runCall(im: Flooim, manager: string, method: string, values: unknown[]): Promise<Outcome> {
  const startedAt = performance.now();
  const took = () => Math.round(performance.now() - startedAt);
  const target = (manager === 'im' ? im : im[manager as 'userManage']) as unknown as Record<string, Call>;
  try {
    const value = await target[method]?.(...values);
    return { ok: true, value, ms: took() };
  } catch (error) {
    return { ok: false, value: shown(error), ms: took() };
  }
}

/** What an application can decide by. */
function shown(error: unknown): unknown {
  if (!(error instanceof FlooError)) return String(error);
  const { name, code, message, field, serverCode, status } = error;
  const all = { name, code, message, field, serverCode, status };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
