import { describe, expect, test } from 'vitest';
import { nextTick, ref } from 'vue';
import { useEdited } from '../src/ui/use-edited.ts';

describe('a field of something that changes elsewhere too', () => {
  test('begins with what is there, and follows it', async () => {
    const given = ref('Ann');
    const field = useEdited(() => given.value);
    expect(field.value).toBe('Ann');
    given.value = 'Anna';
    await nextTick();
    expect(field.value).toBe('Anna');
  });

  test('keeps what was typed, whatever is told', async () => {
    const given = ref('Ann');
    const field = useEdited(() => given.value);
    field.value = 'Annabel';
    given.value = 'Anna';
    await nextTick();
    expect(field.value).toBe('Annabel');
  });

  test('follows again once what was typed is saved', async () => {
    const given = ref('Ann');
    const field = useEdited(() => given.value);
    field.value = given.value = 'Anna';
    await nextTick();
    given.value = 'Annabel';
    await nextTick();
    expect(field.value).toBe('Annabel');
  });
});
