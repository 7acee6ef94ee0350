import type { Access } from '@flooim/protocol';

/** A JSON schema, as far as the server's document needs it. */
export interface Schema {
  type?: 'integer' | 'string' | 'boolean' | 'array' | 'object';
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: readonly string[];
  'x-lenient'?: true;
}

export interface Field {
  name: string;
  schema: Schema;
  isRequired: boolean;
  /** Says who calls, which is looked at before anything else. */
  isCredential: boolean;
}

/** One way to call an endpoint, as the document tells it. */
export interface Operation {
  /** The endpoint's name; empty where it is in no table. */
  name: string;
  method: string;
  path: string;
  access: Access;
  place: 'query' | 'body';
  fields: readonly Field[];
  /** Of the body: JSON, a bare text, a form; undefined where there is none. */
  contentType: string | undefined;
  /** Its answer may be something other than an envelope, and a refusal has a status of its own. */
  isStream: boolean;
}

interface Described {
  operationId?: string;
  'x-access'?: Access;
  security: readonly Record<string, unknown>[];
  parameters?: readonly { name?: string; in?: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, unknown>;
}

export interface ApiDocument {
  operations: readonly Operation[];
  /** Codes of refusals. */
  codes: ReadonlySet<number>;
}

/** What a running server says of its REST API. */
export async function readDocument(url: string): Promise<ApiDocument> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Described>>;
    components: { schemas: { Failure: { properties: { code: { enum: number[] } } } } };
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => operation(path, method, described)),
  );
  return { operations, codes: new Set(document.components.schemas.Failure.properties.code.enum) };
}

function operation(path: string, method: string, described: Described): Operation {
  const { operationId = '', security, parameters = [], requestBody, responses } = described;
  const credentials = new Set(security.flatMap((each) => Object.keys(each)));
  const [[contentType, content] = []] = Object.entries(requestBody?.content ?? {});
  const isJson = contentType === 'application/json';
  const inQuery = parameters.flatMap(({ name, in: place, required, schema }): Field[] => {
    if (place !== 'query' || !name || !schema) return [];
    return [{ name, schema, isRequired: required === true, isCredential: credentials.has(name) }];
  });
  return {
    name: operationId.split('_')[0] as string,
    method: method.toUpperCase(),
    path,
    access: described['x-access'] ?? 'public',
    place: isJson || contentType === 'text/plain' ? 'body' : 'query',
    fields: isJson ? fieldsOf(content?.schema ?? {}) : inQuery,
    contentType,
    isStream: !('200' in responses),
  };
}

export function fieldsOf({ properties = {}, required = [] }: Schema): Field[] {
  return Object.entries(properties).map(([name, schema]) => {
    return { name, schema, isRequired: required.includes(name), isCredential: false };
  });
}
