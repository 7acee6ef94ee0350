import { type Ref, shallowRef } from 'vue';

export interface Question {
  title: string;
  text: string;
  /** What the confirming button says: the act itself, never "OK". */
  act: string;
  danger?: boolean;
  /** Something more to do or not, which the dialog changes. */
  option?: { label: string; text: string; chosen: Ref<boolean> };
}

export const askedQuestion = shallowRef<(Question & { answer: (yes: boolean) => void }) | null>(null);

/** Asks before something that cannot be undone. */
export function confirm(question: Question): Promise<boolean> {
  askedQuestion.value?.answer(false);
  return new Promise((resolve) => {
    askedQuestion.value = {
      ...question,
      answer: (yes) => {
        askedQuestion.value = null;
        resolve(yes);
      },
    };
  });
}
