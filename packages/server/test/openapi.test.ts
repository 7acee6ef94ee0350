import { type Endpoint, errors, profileTexts, type ServerEndpointName, serverRest, streams } from '@flooim/protocol';
import { startServer, type TestServer } from '@flooim/testkit';
import { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHandlers } from '../src/handlers.ts';
import { createHttp } from '../src/http/app.ts';
import { addOpenApi } from '../src/http/openapi.ts';

interface Schema {
  type?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}
interface Operation {
  operationId?: string;
  security: Record<string, unknown>[];
  parameters: { $ref?: string; name?: string; in?: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, unknown>;
}

let server: TestServer;
// biome-ignore lint/suspicious/noExplicitAny: each test says what it expects in it.
let document: any;
beforeAll(async () => {
  server = await startServer();
  document = await (await fetch(`${server.url}/openapi.json`)).json();
});
afterAll(() => server.close());

const operations = () =>
  Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );

/** The parameters that the document tells for an endpoint, wherever they go. */
function told({ parameters, requestBody }: Operation): Record<string, Schema & { isRequired: boolean }> {
  const query = parameters.filter((each) => each.in === 'query');
  const inQuery = query.map(({ name, required, schema }) => [name, { ...schema, isRequired: required === true }]);
  const body = requestBody?.content['application/json']?.schema;
  const inBody = Object.entries(body?.properties ?? {}).map(([name, schema]) => {
    return [name, { ...schema, isRequired: body?.required?.includes(name) === true }];
  });
  return Object.fromEntries([...inQuery, ...inBody]);
}

const rows = (Object.entries(serverRest) as [ServerEndpointName, Endpoint][]).flatMap(([name, endpoint]) =>
  endpoint.methods.map((method) => ({ name, method, ...endpoint })),
);

describe('the document of the API', () => {
  it.each(rows)('has $method $path ($name) with its parameters', ({ name, method, path, params, access }) => {
    const operation: Operation = document.paths[path][method.toLowerCase()];
    expect(operation.operationId).toMatch(new RegExp(`^${name}(_|$)`));
    if (name in profileTexts) return expect(Object.keys(operation.requestBody?.content ?? {})).toEqual(['text/plain']);
    const described = told(operation);
    expect(Object.keys(described).sort()).toEqual(Object.keys(params).sort());
    for (const [field, schema] of Object.entries(params)) {
      const { isRequired, ...found } = described[field] as Schema & { isRequired: boolean };
      expect(isRequired, field).toBe(schema.required === true);
      if (schema.type === 'integer') expect(found).toMatchObject({ minimum: schema.minimum, maximum: schema.maximum });
      if (schema.type === 'string') expect(found).toMatchObject({ type: 'string', maxLength: schema.maxLength });
      if ('maxItems' in schema) expect(found).toMatchObject({ type: 'array', maxItems: schema.maxItems });
      if (schema.type === 'array') expect(found.minItems).toBe(schema.minItems);
      if (schema.type === 'list') {
        expect(Object.keys(found.items?.properties ?? {})).toEqual(Object.keys(schema.items));
        expect(found.items?.required).toEqual(Object.keys(schema.items).filter((key) => schema.items[key]?.required));
      }
    }
    const asks = operation.security.some((each) => 'access-token' in each);
    expect(asks).toBe(access !== 'public' && access !== 'upload');
    expect(Object.keys(operation.responses)).toEqual(
      name in streams && name !== 'fileUpload' ? ['2XX', 'default'] : ['200'],
    );
  });

  it('has nothing that is not served', async () => {
    for (const { path, method } of operations()) {
      const text = await (await fetch(server.url + path, { method })).text();
      const isUnknown = text.includes(`"message":"${errors.endpointUnknown.text}"`);
      expect(isUnknown, `${method} ${path}`).toBe(false);
    }
  });

  it('has every path of the router', async () => {
    const { context } = server;
    const http = createHttp(context, createHandlers(context), {} as Parameters<typeof createHttp>[2]);
    await http.ready();
    const paths = pathsOf(http.printRoutes({ commonPrefix: false }));
    await http.close();
    expect(paths).toEqual(expect.arrayContaining(['/token/user', '/file/upload/chat', '/healthz']));
    const pages = ['/index.html', '/play', '/*', '*'];
    expect(paths.filter((path) => !(path in document.paths) && !pages.includes(path))).toEqual([]);
  });

  it('refuses to be without a route', async () => {
    const app = fastify();
    addOpenApi(app);
    app.get('/secret-door', async () => 'open');
    await expect(app.ready()).rejects.toThrow('nothing describes the route GET /secret-door');
  });

  it('names each operation once, refers to nothing that is missing, and knows every error', () => {
    const ids = operations().flatMap(({ operation }) => operation.operationId ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, pointer] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      // biome-ignore lint/suspicious/noExplicitAny: a walk through whatever is there.
      const found = pointer?.split('/').reduce((at: any, key) => at?.[key], document);
      expect(found, pointer).toBeDefined();
    }
    const codes = document.components.schemas.Failure.properties.code.enum;
    expect(codes).toEqual(expect.arrayContaining(Object.values(errors).map(({ code }) => code)));
  });
});

/** The paths in what the router prints as a tree: each line adds its part to that of the line above it that is less deep. */
function pathsOf(tree: string): string[] {
  const paths: string[] = [];
  const parents: string[] = [];
  for (const line of tree.split('\n')) {
    const [, indent = '', part = '', methods] = /^([│├└─ ]*)(\S+)( \(.*\))?/u.exec(line) ?? [];
    const depth = indent.length / 4;
    const path = (parents[depth - 1] ?? '') + part;
    parents[depth] = path;
    if (methods) paths.push(path);
  }
  return paths;
}
