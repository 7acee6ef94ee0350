import type { MessageContext } from 'vue-i18n';

/**
 * Our texts need two things of a compiler: `{name}` is filled in, `one | many` is chosen by number. The one that comes with
 * vue-i18n is a tenth of the first screen.
 */
export function readText(text: string): (context: MessageContext<string>) => string {
  const cases = text.split('|').map((part, _, all) => (all.length > 1 ? part.trim() : part));
  return (context) => {
    const filled = cases.map((part) =>
      part.replace(/\{(\w+)\}/g, (_, name: string) => String(context.named(name) ?? '')),
    );
    return filled.length > 1 ? String(context.plural(filled)) : (filled[0] ?? '');
  };
}
