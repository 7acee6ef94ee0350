import { shallowReactive } from 'vue';

/** Long messages that were opened, by mid: their rows are made anew whenever they scroll into view. */
export const unfolded = shallowReactive(new Set<string>());
