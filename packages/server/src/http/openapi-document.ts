import {
  type Access,
  type Endpoint,
  errors,
  type Method,
  okCode,
  type ParamSchema,
  type Params,
  profileTexts,
  type ServerEndpointName,
  serverRest,
  streams,
} from '@flooim/protocol';
import { namesNoApp } from './auth.ts';

type Json = Readonly<Record<string, unknown>>;

/** A route of the router; `name` is its row in the protocol's table, where it has one. */
export interface ServedRoute {
  readonly method: string;
  readonly path: string;
  readonly name: ServerEndpointName | undefined;
}

/** Routes that are in no table: for whoever watches the server or looks for it. */
const others: Readonly<Record<string, string>> = {
  '/': 'The web app for browsers, success for clients that look for the server.',
  '/api/health': 'Whether the process lives.',
  '/healthz': 'Whether the process lives.',
  '/readyz': 'Whether the server can read and write; 503 where it cannot.',
  '/openapi.json': 'This document.',
  '/socket.io/': 'Refuses, in the words of Engine.IO, to begin without a WebSocket.',
};
/** The web app, which is no API. */
const pages: ReadonlySet<string> = new Set(['/index.html', '/play', '/*']);

const description = [
  'Parameters may be in the query or in the body of any call: both are read, and the body wins.',
  'Decimal texts are taken for numbers, 0 and 1 for booleans, null for absent; what is not listed is ignored.',
  `What goes wrong is told by \`code\` in the envelope, with HTTP status 200; ${okCode} is success.`,
  'The message of a wrong parameter names it.',
].join(' ');

const accessTexts: Readonly<Record<Access, string>> = {
  public: 'Anyone may call.',
  user: "With a user's token; or with the app's admin token for the user in the header `user_id`.",
  sender: "With a user's token; or with the app's admin token, for a user or for the app itself.",
  admin: "With the app's admin token.",
  operator: "With the operator's token.",
  download: "With a user's token, his store token or a signed link. A refusal has an HTTP status of its own.",
  upload: 'With the address of an upload, which says for whom it was made.',
};

const ref = (place: string, name: string) => ({ $ref: `#/components/${place}/${name}` });

/** OpenAPI 3.1 of what is served; throws for a route that nothing describes. */
export function openApiDocument(routes: readonly ServedRoute[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    if (pages.has(route.path)) continue;
    const operations = paths[route.path] ?? {};
    paths[route.path] = operations;
    operations[route.method.toLowerCase()] = route.name ? describeEndpoint(route.name, route) : describeOther(route);
  }
  return { openapi: '3.1.0', info: { title: 'flooim', version, description }, paths, components };
}

function describeOther({ method, path }: ServedRoute): Json {
  const summary = others[path];
  if (!summary) throw new Error(`nothing describes the route ${method} ${path}`);
  return { summary, security: [], responses: { default: { description: summary } } };
}

function describeEndpoint(name: ServerEndpointName, { method, path }: ServedRoute): Json {
  const { access, params, methods }: Endpoint = serverRest[name];
  const isInQuery = placeOf(name, method) === 'query';
  const actsForOthers = access === 'user' || access === 'sender' || access === 'admin' || access === 'download';
  const acting = actsForOthers ? [ref('parameters', 'user_id'), ref('parameters', 'group_id')] : [];
  const body = isInQuery ? streamBody(name, method) : bodyOf(name, params);
  return {
    operationId: method === methods[0] ? name : `${name}_${method.toLowerCase()}`,
    tags: [path.split('/')[1]],
    description: accessTexts[access],
    'x-access': access,
    security: securityOf(name, access),
    parameters: [...acting, ...(isInQuery ? queryOf(params) : [])],
    ...(body && { requestBody: body }),
    responses: name in streams ? streamResponses(name) : { 200: ref('responses', 'Envelope') },
  };
}

/** Where a client that knows nothing else does best to put the parameters. */
function placeOf(name: ServerEndpointName, method: string): 'query' | 'body' {
  if (name in profileTexts) return 'body';
  const isBodiless = method === ('GET' satisfies Method) || method === ('HEAD' satisfies Method);
  return isBodiless ? 'query' : serverRest[name].in;
}

function securityOf(name: ServerEndpointName, access: Access): Json[] {
  const app = namesNoApp.has(name) ? {} : { app_id: [] };
  if (access === 'public') return [app];
  if (access === 'operator') return [{ 'access-token': [] }];
  if (access === 'upload') return [{ upload: [] }];
  const withToken = { ...app, 'access-token': [] };
  return access === 'download' ? [withToken, { store_token: [] }, { signed: [] }] : [withToken];
}

function queryOf(params: Params): Json[] {
  return Object.entries(params).map(([name, schema]) => {
    return { name, in: 'query', ...(schema.required && { required: true }), schema: schemaOf(schema) };
  });
}

function bodyOf(name: ServerEndpointName, params: Params): Json | undefined {
  if (Object.keys(params).length === 0) return undefined;
  const text = name in profileTexts ? Object.values(params)[0] : undefined;
  if (text) return { required: true, content: { 'text/plain': { schema: schemaOf(text) } } };
  const isRequired = Object.values(params).some((schema) => schema.required);
  return { required: isRequired, content: { 'application/json': { schema: objectOf(params) } } };
}

/** The bytes of a file on their way in. */
function streamBody(name: ServerEndpointName, method: string): Json | undefined {
  const file = {
    type: 'object',
    properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } },
  };
  if (name === 'fileUpload') return { required: true, content: { 'multipart/form-data': { schema: file } } };
  const isPart = name === 'fileResumable' && (method === 'POST' || method === 'PATCH');
  return isPart ? { content: { 'application/offset+octet-stream': {} } } : undefined;
}

function streamResponses(name: ServerEndpointName): Json {
  if (name === 'fileUpload') return { 200: ref('responses', 'Envelope') };
  const done = name === 'fileResumable' ? 'As tus 1.0 says.' : "The file's bytes, or a part of them.";
  return { '2XX': { description: done }, default: ref('responses', 'Refusal') };
}

function objectOf(params: Params): Json {
  const entries = Object.entries(params);
  const required = entries.filter(([, schema]) => schema.required).map(([name]) => name);
  const properties = Object.fromEntries(entries.map(([name, schema]) => [name, schemaOf(schema)]));
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

function schemaOf(schema: ParamSchema): Json {
  switch (schema.type) {
    case 'integer': {
      const { type, minimum, maximum, lenient } = schema;
      // Said by the server's own word: in JSON schema there is none for what is tried and not insisted on.
      return { type, format: 'int64', minimum, maximum, ...(lenient && { 'x-lenient': true }) };
    }
    case 'string': {
      const { required, ...rest } = schema;
      return rest;
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'list':
      return listOf(schema, objectOf(schema.items));
    case 'array':
      return listOf(schema, schemaOf(schema.items));
    case 'texts':
      return listOf(schema, schemaOf(schema.items));
  }
}

function listOf({ minItems, maxItems }: { minItems?: number; maxItems: number }, items: Json): Json {
  return { type: 'array', items, ...(minItems && { minItems }), maxItems };
}

const failures = [...new Map(Object.values(errors).map(({ code, text }) => [`${code} ${text}`, code])).entries()];
const apiKey = (place: 'header' | 'query', name: string, text: string) => {
  return { type: 'apiKey', in: place, name, description: text };
};
const id = { type: 'integer', format: 'int64', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
const json = (...schemas: Json[]) => {
  return { content: { 'application/json': { schema: schemas.length === 1 ? schemas[0] : { oneOf: schemas } } } };
};

const components = {
  schemas: {
    Success: {
      type: 'object',
      required: ['code', 'data'],
      properties: {
        code: { const: okCode },
        data: {},
        cursor: { type: 'string', description: 'Where the next page starts; absent on the last.' },
        version: { type: 'integer' },
        total: { type: 'integer', description: 'How many there are on all pages, where that is known.' },
        msg_ids: { type: 'array', items: id, description: 'The mid of a message that was sent to one target.' },
      },
    },
    Failure: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'integer', enum: [...new Set(failures.map(([, code]) => code))] },
        message: { type: 'string' },
      },
      description: failures.map(([text]) => `- ${text}`).join('\n'),
    },
  },
  responses: {
    Envelope: { description: 'Success, or why not.', ...json(ref('schemas', 'Success'), ref('schemas', 'Failure')) },
    Refusal: { description: 'Why not.', ...json(ref('schemas', 'Failure')) },
  },
  parameters: {
    user_id: { name: 'user_id', in: 'header', schema: id, description: 'With an admin token: for whom.' },
    group_id: {
      name: 'group_id',
      in: 'header',
      schema: id,
      description: 'With an admin token: for the owner of which.',
    },
  },
  securitySchemes: {
    app_id: apiKey('header', 'app_id', 'The app; in links that browsers open, a parameter of the query.'),
    'access-token': apiKey(
      'header',
      'access-token',
      'The token; in links that browsers open, a parameter of the query.',
    ),
    store_token: apiKey('query', 'store_token', 'Opens the files that a user may read, and nothing else.'),
    signed: apiKey('query', 'signed', 'Opens one file for a few minutes.'),
    upload: apiKey('query', 'upload', 'As `upload_url` has it.'),
  },
};
