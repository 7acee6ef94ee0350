/** The first reason among the results that calls with several users or files give. */
export function refusal(answer: unknown): string | null {
  for (const one of Array.isArray(answer) ? answer : [answer]) {
    if (one?.result === 'fail') return one.reason ?? 'refused';
  }
  return null;
}
