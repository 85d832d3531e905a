import type { Protocol } from './protocols';

/** An error of a generated validator. */
export interface SchemaError {
  instancePath: string;
  keyword: string;
  params: { missingProperty?: string; additionalProperty?: string; type?: string; limit?: number; allowedValues?: unknown[] };
}

export interface Validator {
  (value: unknown): boolean;
  errors?: SchemaError[] | null;
}

/** An inbound schema as data. tools/codegen/src/inbound.ts explains the keywords beside those of JSON Schema. */
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
  /** The largest integer that is accepted; larger ones become this one. */
  limit?: number;
}

/** The generated code of one version. Messages are named `AuthorizeRequest`, `AuthorizeResponse`. */
interface VersionCode {
  /** Strict validators of every message. */
  strict: Readonly<Record<string, Validator | undefined>>;
  /** Tolerant validators of the messages that stations send. */
  inbound: Readonly<Record<string, Validator | undefined>>;
  shapes: { definitions: Readonly<Record<string, Shape>>; messages: Readonly<Record<string, Shape | undefined>> };
}

// Each has up to 1.6 MB of code, which is loaded when the version is first used, not with the library.
const LOADERS: Readonly<Record<Protocol, () => VersionCode>> = {
  'ocpp1.6': () => require('./generated/v16.validators'),
  'ocpp2.0.1': () => require('./generated/v201.validators'),
  'ocpp2.1': () => require('./generated/v21.validators'),
};

const loaded = new Map<Protocol, VersionCode>();

/** The validators of a version. The first call of a version takes some ten milliseconds: make it at start, not on a message. */
export function loadProtocol(protocol: Protocol): VersionCode {
  let code = loaded.get(protocol);
  if (!code) loaded.set(protocol, (code = LOADERS[protocol]()));
  return code;
}
