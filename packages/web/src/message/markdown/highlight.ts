import { common, createLowlight } from 'lowlight';

/** A run of code that has one colour; the classes are those of highlight.js. */
export interface CodePiece {
  text: string;
  look: string;
}

type Node = ReturnType<ReturnType<typeof createLowlight>['highlight']>['children'][number];

const lowlight = createLowlight(common);

function pieces(nodes: readonly Node[], look: string): CodePiece[] {
  return nodes.flatMap((node): CodePiece[] => {
    if (node.type === 'text') return [{ text: node.value, look }];
    if (node.type !== 'element') return [];
    const { className } = node.properties;
    const own = Array.isArray(className) ? className.join(' ') : '';
    return pieces(node.children, own || look);
  });
}

/** The colours of a code; null for a language that is not known: guessing takes long and is often wrong. */
export function highlight(code: string, language: string): CodePiece[] | null {
  if (!language || !lowlight.registered(language.toLowerCase())) return null;
  return pieces(lowlight.highlight(language.toLowerCase(), code).children, '');
}
