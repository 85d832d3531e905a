import type { Protocol } from './protocols';

/** The first thing a generated validator found wrong. */
export interface SchemaError {
  instancePath: string;
  keyword: string;
  params: { missingProperty?: string; additionalProperty?: string; type?: string; limit?: number };
}

export interface Validator {
  (value: unknown): boolean;
  errors?: SchemaError[] | null;
}

/** An inbound schema as data; the words beside JSON Schema's are explained in tools/codegen/src/inbound.ts. */
export interface Shape {
  $ref?: string;
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  properties?: Record<string, Shape>;
  required?: string[];
  additionalProperties?: boolean;
  items?: Shape;
  format?: string;
  enum?: string[];
  open?: string[];
  minimum?: number;
  maximum?: number;
  strictLength?: number;
  strictMaximum?: number;
  strictMultipleOf?: number;
  strictItems?: [fewest: number, most: number];
  anyJson?: boolean;
  emptyIfMissing?: string[];
  mayLack?: string[];
  /** Largest whole number taken; larger ones become this one. */
  limit?: number;
}

/** The generated code of one version. Messages are named `AuthorizeRequest`, `AuthorizeResponse`. */
export interface VersionCode {
  /** Every message, by the letter. */
  strict: Readonly<Record<string, Validator | undefined>>;
  /** What stations send, with the limits we can live with. */
  inbound: Readonly<Record<string, Validator | undefined>>;
  shapes: { definitions: Readonly<Record<string, Shape>>; messages: Readonly<Record<string, Shape | undefined>> };
}

// Up to 1.6 MB of code each: read when a version is first asked for, not with the library.
const LOADERS: Readonly<Record<Protocol, () => VersionCode>> = {
  'ocpp1.6': () => require('./generated/v16.validators'),
  'ocpp2.0.1': () => require('./generated/v201.validators'),
  'ocpp2.1': () => require('./generated/v21.validators'),
};

const loaded = new Map<Protocol, VersionCode>();

/** The version's validators. The first call of a version takes some ten milliseconds: make it at start, not on a message. */
export function loadProtocol(protocol: Protocol): VersionCode {
  let code = loaded.get(protocol);
  if (!code) loaded.set(protocol, (code = LOADERS[protocol]()));
  return code;
}
