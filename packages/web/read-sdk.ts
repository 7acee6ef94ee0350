import { join } from 'node:path';
import ts from 'typescript';
import type { Field, FieldKind, Manager, Method, SdkEvent, SdkReference, Shape } from './src/play/reference.ts';

const sources = join(import.meta.dirname, '../sdk/src');

/** Reads the SDK's public surface and its docstrings from the sources. Takes seconds: the compiler looks at all types. */
export function readSdk(): SdkReference {
  const config = ts.readConfigFile(join(sources, '../../../tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, sources);
  const entry = join(sources, 'index.ts');
  const lib = ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'];
  const program = ts.createProgram([entry], { ...options, lib });
  const reader = new Reader(program.getTypeChecker(), program.getSourceFile(entry) as ts.SourceFile);
  return { managers: reader.managers(), events: reader.events() };
}

class Reader {
  readonly #checker: ts.TypeChecker;
  readonly #exports: Map<string, ts.Symbol>;

  constructor(checker: ts.TypeChecker, entry: ts.SourceFile) {
    this.#checker = checker;
    const module = checker.getSymbolAtLocation(entry) as ts.Symbol;
    this.#exports = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, symbol]));
  }

  managers(): Manager[] {
    const names = {
      userManage: 'UserManage',
      rosterManage: 'RosterManage',
      groupManage: 'GroupManage',
      sysManage: 'SysManage',
    };
    return Object.entries({ im: 'Flooim', ...names }).map(([name, type]) => this.#manager(name, type));
  }

  events(): SdkEvent[] {
    return this.#type('FlooEventMap')
      .getProperties()
      .map((symbol) => {
        const type = this.#checker.getTypeOfSymbol(symbol);
        const written = (symbol.valueDeclaration as ts.PropertySignature).type?.getText() ?? '';
        return {
          name: symbol.name,
          doc: this.#doc(symbol),
          additive: this.#isAdditive(symbol),
          payload: { ...this.#shape(type), type: written },
        };
      });
  }

  #manager(name: string, typeName: string): Manager {
    const type = this.#type(typeName);
    const methods = type.getProperties().map((symbol) => this.#method(symbol));
    return { name, doc: this.#doc(type.symbol), methods: methods.filter(({ signature }) => signature !== '') };
  }

  #method(symbol: ts.Symbol): Method {
    const declaration = symbol.declarations?.find(ts.isMethodSignature);
    const signature = declaration && this.#checker.getSignatureFromDeclaration(declaration);
    const returns = signature ? this.#shape(signature.getReturnType()) : { type: '', fields: [] };
    return {
      name: symbol.name,
      doc: this.#doc(symbol),
      additive: this.#isAdditive(symbol),
      signature: declaration?.getText().replace(/\s+/g, ' ') ?? '',
      params: (signature?.parameters ?? []).map((parameter) => this.#field(parameter, 0)),
      returns: { ...returns, type: declaration?.type?.getText() ?? returns.type },
    };
  }

  #field(symbol: ts.Symbol, depth: number): Field {
    const declaration = symbol.valueDeclaration as ts.ParameterDeclaration | ts.PropertySignature | undefined;
    const whole = this.#checker.getTypeOfSymbol(symbol);
    const type = this.#checker.getNonNullableType(whole);
    const optional = (symbol.flags & ts.SymbolFlags.Optional) !== 0 || hasDefault(declaration);
    const found = this.#kind(symbol.name, type, depth);
    return {
      name: symbol.name,
      doc: this.#doc(symbol),
      type: declaration?.type?.getText().replace(/\s+/g, ' ') ?? this.#checker.typeToString(type),
      optional,
      ...found,
    };
  }

  #kind(name: string, type: ts.Type, depth: number): Pick<Field, 'kind' | 'choices' | 'fields' | 'example'> {
    const simple = (kind: FieldKind) => ({ kind });
    const text = this.#checker.typeToString(type);
    if (isOf(type, ts.TypeFlags.TypeParameter))
      return this.#kind(name, this.#checker.getBaseConstraintOfType(type) ?? type, depth);
    if (type.getCallSignatures().length > 0) return simple('listener');
    if (text === 'Blob') return simple('file');
    if (text === 'AbortSignal') return simple('none');
    const choices = type.isUnion() ? type.types.map((one) => (one.isStringLiteral() ? one.value : undefined)) : [];
    if (choices.length > 0 && choices.every((one) => one !== undefined)) return { kind: 'choice', choices };
    if (text === 'string') return simple(/password|token/.test(name) ? 'secret' : 'text');
    if (text === 'number' || isOf(type, ts.TypeFlags.NumberLike)) return simple('number');
    if (text === 'boolean') return simple('boolean');
    if (type.isUnion() && type.types.every((one) => isOf(one, ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike)))
      return simple('id');
    if (type.isUnion() && type.types.some((one) => isOf(one, ts.TypeFlags.StringLike))) return simple('textOrJson');
    const fields = depth === 0 ? this.#fields(type, depth + 1) : [];
    return fields.length > 0 ? { kind: 'fields', fields } : { kind: 'json', example: this.#example(type) };
  }

  #example(type: ts.Type): string {
    const element = this.#checker.getIndexTypeOfType(type, ts.IndexKind.Number);
    if (!element) return '{}';
    return isOf(element, ts.TypeFlags.StringLike) ? '["text"]' : '[10001]';
  }

  /** What is in an object, or in the objects of a list, or of what a promise gives. */
  #shape(type: ts.Type): Shape {
    const awaited = this.#checker.getAwaitedType(type) ?? type;
    const given = this.#checker.getNonNullableType(awaited);
    const element = this.#checker.getIndexTypeOfType(given, ts.IndexKind.Number) ?? given;
    const isText = isOf(element, ts.TypeFlags.StringLike);
    return { type: this.#checker.typeToString(type), fields: isText ? [] : this.#fields(element, 1) };
  }

  #fields(type: ts.Type, depth: number): Field[] {
    const parts = type.isUnion() ? type.types : [type];
    const isPlain = parts.every(
      (part) => isOf(part, ts.TypeFlags.Object | ts.TypeFlags.Intersection) && part.getCallSignatures().length === 0,
    );
    if (!isPlain) return [];
    const all = parts.flatMap((part) => this.#checker.getPropertiesOfType(part));
    const byName = new Map(all.map((symbol) => [symbol.name, symbol]));
    return [...byName.values()].filter(isWritten).map((symbol) => this.#field(symbol, depth));
  }

  #type(name: string): ts.Type {
    return this.#checker.getDeclaredTypeOfSymbol(this.#original(name));
  }

  #original(name: string): ts.Symbol {
    const found = this.#exports.get(name);
    if (!found) throw new Error(`the SDK exports no ${name}`);
    return (found.flags & ts.SymbolFlags.Alias) !== 0 ? this.#checker.getAliasedSymbol(found) : found;
  }

  #doc(symbol: ts.Symbol): string {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker)).trim();
    // Lines end where the source's did; paragraphs are meant.
    return text.replace(/(?<!\n)\n(?!\n)/g, ' ');
  }

  /** Its own docstring says so, or that of the part of the interface that it is in. */
  #isAdditive(symbol: ts.Symbol): boolean {
    const owner = symbol.declarations?.[0]?.parent;
    const ownerSymbol = owner && ts.isInterfaceDeclaration(owner) && this.#checker.getSymbolAtLocation(owner.name);
    return [symbol, ...(ownerSymbol ? [ownerSymbol] : [])].some((one) => this.#doc(one).startsWith('Additive'));
  }
}

const isOf = (type: ts.Type, flags: ts.TypeFlags): boolean => (type.flags & flags) !== 0;

function hasDefault(declaration: ts.Declaration | undefined): boolean {
  return declaration !== undefined && ts.isParameter(declaration) && declaration.questionToken !== undefined;
}

/** What the language gives every object of its own, such as an array's methods, is no field of ours. */
function isWritten(symbol: ts.Symbol): boolean {
  const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? '';
  return !file.includes('/typescript/lib/') && !symbol.name.startsWith('__');
}
