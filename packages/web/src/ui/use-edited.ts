import { type Ref, ref, watch } from 'vue';

/** What stands in a field: as it was `given`, and as that changes elsewhere, until somebody types something else. */
export function useEdited<T>(given: () => T): Ref<T> {
  const edited = ref(given()) as Ref<T>;
  watch(given, (now, before) => {
    if (edited.value === before) edited.value = now;
  });
  return edited;
}
