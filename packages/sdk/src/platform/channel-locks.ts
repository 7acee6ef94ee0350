import type { Clock, TabLocks } from './platform.ts';

/** How long another tab has to say that a name is taken. A tab that sleeps longer is not missed. */
const answerMs = 200;

/** `asks` wants the name, `has` tells the one who asked under that number that it is taken. */
type Word = { name: string; asks: number } | { name: string; has: number };

/** The part of a BroadcastChannel that is needed. */
export interface Channel {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(word: Word): void;
  close(): void;
}

export type ChannelClass = new (name: string) => Channel;

/**
 * Web Locks exist on secure pages only; a server on the local network is often reached by plain http. There, tabs agree on
 * names by asking each other: nothing is left behind by a tab that is gone, however it went.
 */
export function channelLocks(ChannelType: ChannelClass, clock: Clock, random: () => number): TabLocks {
  return {
    async request(name, _options, hold) {
      const channel = new ChannelType('flooim:locks');
      const number = random();
      const refuse = (word: Word) => 'asks' in word && channel.postMessage({ name, has: word.asks });
      const free = await new Promise<boolean>((resolve) => {
        channel.onmessage = ({ data }) => {
          const word = data as Word;
          if (word.name !== name) return;
          // Of those who ask at once the smallest number has it.
          const isTaken = 'has' in word ? word.has === number : word.asks < number;
          if (isTaken) resolve(false);
          else refuse(word);
        };
        channel.postMessage({ name, asks: number });
        clock.setTimeout(() => resolve(true), answerMs);
      });
      channel.onmessage = ({ data }) => {
        if (free && (data as Word).name === name) refuse(data as Word);
      };
      try {
        return await hold(free ? { name } : null);
      } finally {
        channel.close();
      }
    },
  };
}
