/**
 * Asks that come in bursts: while it runs it is not begun again, and who calls meanwhile shares one more run after it. The
 * promise is that of the last run, so what a caller changed before is part of it.
 */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let wanted = false;

  async function run(): Promise<void> {
    while (wanted) {
      wanted = false;
      try {
        await work();
      } catch (error) {
        if (!wanted) throw error;
      }
    }
  }

  return () => {
    wanted = true;
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  };
}
