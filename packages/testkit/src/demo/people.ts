import type { Portrait } from './portrait.ts';

interface Person {
  nickname: string;
  about: string;
  portrait: Portrait;
}

const person = (nickname: string, about: string, portrait: Portrait): Person => ({ nickname, about, portrait });

/** Who lives in the demo, by username; sam is the one to sign in as. */
export const people = {
  sam: person('Sam Rivera', 'Product, coffee, long walks', {
    ground: ['7fd0b0', '2f9e7a'],
    skin: 'd9a37c',
    hair: ['short', '3a2620'],
    clothes: '14524a',
    beard: true,
  }),
  anna: person('Anna Kowalski', 'Team lead. Ask me about releases.', {
    ground: ['f7c3a8', 'e58a6c'],
    skin: 'f5d2bc',
    hair: ['long', 'b5533a'],
    clothes: '7d2f45',
  }),
  mei: person('林小梅', '设计师，周末爬山', {
    ground: ['cfc4f7', '8f7fe0'],
    skin: 'f3cfb0',
    hair: ['bob', '1f1a24'],
    clothes: 'f4f1ff',
  }),
  wei: person('陈伟', '后端开发 · 登山爱好者', {
    ground: ['a9d0f5', '4f8fd0'],
    skin: 'eabf98',
    hair: ['short', '17161a'],
    clothes: '1f3f6e',
    glasses: true,
  }),
  omar: person('Omar Haddad', 'Infrastructure. It was the cache.', {
    ground: ['9fdcd8', '3fa7a3'],
    skin: 'b98257',
    hair: ['curls', '201714'],
    clothes: 'e9b44c',
    beard: true,
  }),
  yuki: person('Yuki Tanaka', 'Photographs and noodles', {
    ground: ['fbcfe0', 'e88fb0'],
    skin: 'f6d8c0',
    hair: ['bun', '2a1d22'],
    clothes: '3c3f58',
    glasses: true,
  }),
  lin: person('赵琳', '做饭、看展、写字', {
    ground: ['fbe2ad', 'e3a84f'],
    skin: 'f2cba8',
    hair: ['long', '2b1f1c'],
    clothes: 'c8553d',
  }),
  tom: person('Tom Becker', 'Mostly on a bicycle', {
    ground: ['d3e3a4', '8aa84f'],
    skin: 'f3cdb2',
    hair: ['bald', '9a7650'],
    clothes: '36506b',
    beard: true,
  }),
  priya: person('Priya Nair', 'Research', {
    ground: ['efc0e8', 'c36bb7'],
    skin: 'a8714a',
    hair: ['bun', '1d1416'],
    clothes: 'f2c14e',
  }),
  jun: person('王俊', '实习生，什么都想学', {
    ground: ['c0cffa', '6b8be0'],
    skin: 'f0c8a4',
    hair: ['short', '2a2326'],
    clothes: 'f7f7f2',
  }),
  lucia: person('Lucía Ortega', 'Reads on trains', {
    ground: ['fbc0b6', 'd9655b'],
    skin: 'dca27c',
    hair: ['curls', '4a2a1f'],
    clothes: '2f4858',
  }),
  nina: person('Nina Berg', 'Met you at the conference', {
    ground: ['bfe6ee', '5fb4c9'],
    skin: 'f8dcc8',
    hair: ['bob', 'd9a94f'],
    clothes: '24567a',
  }),
  bo: person('刘波', '隔壁组的', {
    ground: ['dcdfb8', '9a9f6b'],
    skin: 'e6b98f',
    hair: ['short', '1b191b'],
    clothes: '5a6b4a',
    glasses: true,
  }),
} satisfies Record<string, Person>;

export type Name = keyof typeof people;
