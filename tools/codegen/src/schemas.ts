import { isDeepStrictEqual } from 'node:util';

/** A JSON Schema as OCPP uses it, without patterns and combinators. */
export interface Schema {
  $id?: string;
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: Schema;
  definitions?: Record<string, Schema>;
  [keyword: string]: unknown;
}

/** The schemas of one OCPP version. */
export interface VersionSchemas {
  /** WebSocket subprotocol token. */
  protocol: string;
  /** Name of its generated files and of its namespace. */
  key: string;
  /** Versions of one family are answered by the same handlers (`Family` in libs/ocpp). */
  family: 'ocpp16' | 'ocpp2';
  /** `AuthorizeRequest` -> schema, without definitions of its own. */
  messages: Map<string, Schema>;
  /** Shared by all messages of the version. */
  definitions: Record<string, Schema>;
}

const VERSIONS = [
  { protocol: 'ocpp1.6', key: 'v16', family: 'ocpp16', source: 'ocpp-rpc/lib/schemas/ocpp1_6.json' },
  { protocol: 'ocpp2.0.1', key: 'v201', family: 'ocpp2', source: 'ocpp-rpc/lib/schemas/ocpp2_0_1.json' },
  { protocol: 'ocpp2.1', key: 'v21', family: 'ocpp2', source: 'ocpp-rpc/lib/schemas/ocpp2_1.json' },
] as const;

/** Keywords about the schema rather than the message. The descriptions are left out, as they are OCA's text under CC BY-ND. */
const NOT_ABOUT_THE_MESSAGE = ['$schema', '$id', 'comment', 'description', 'javaType', 'additionalItems', 'default', 'definitions'];

/** The schemas of every version, as package `ocpp-rpc` carries them from the Open Charge Alliance. */
export function readVersions(): VersionSchemas[] {
  return VERSIONS.map(({ protocol, key, family, source }) => {
    // Parsed data of a pinned dependency, which has the shape of `Schema`; the specs count the schemas.
    const sources = require(source) as Schema[];
    const definitions: Record<string, Schema> = {};
    const messages = new Map<string, Schema>();
    for (const schema of sources) {
      mergeDefinitions(definitions, schema.definitions ?? {});
      messages.set(messageName(schema), clean(schema));
    }
    return { protocol, key, family, messages, definitions };
  });
}

/** `urn:Authorize.req`, `urn:AuthorizeRequest` -> `AuthorizeRequest`; a SEND is named after its action alone. */
function messageName(schema: Schema): string {
  const name = (schema.$id ?? '')
    .replace(/^urn:/, '')
    .replace(/\.req$/, 'Request')
    .replace(/\.conf$/, 'Response');
  return /(?:Request|Response)$/.test(name) ? name : `${name}Request`;
}

/** Merges the definitions that each file repeats. Throws when one name has two meanings. */
export function mergeDefinitions(into: Record<string, Schema>, from: Record<string, Schema>): void {
  for (const [name, definition] of Object.entries(from)) {
    const cleaned = clean(definition);
    if (into[name] !== undefined && !isDeepStrictEqual(into[name], cleaned)) throw new Error(`two different definitions of ${name}`);
    into[name] = cleaned;
  }
}

function clean(schema: Schema): Schema {
  const kept = Object.entries(schema).filter(([keyword]) => !NOT_ABOUT_THE_MESSAGE.includes(keyword));
  const cleaned: Schema = Object.fromEntries(kept);
  if (schema.type !== 'object') delete cleaned.additionalProperties; // some strings have it
  if (schema.items) cleaned.items = clean(schema.items);
  if (schema.properties) cleaned.properties = mapSchemas(schema.properties, clean);
  return cleaned;
}

export function mapSchemas(schemas: Record<string, Schema>, change: (schema: Schema, name: string) => Schema): Record<string, Schema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, change(schema, name)]));
}
