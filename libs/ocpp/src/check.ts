import { findAction } from './actions';
import { OcppError, type OcppErrorCode } from './errors';
import { LeniencyNotes, repair } from './leniency';
import { loadProtocol, type SchemaError, type Validator } from './loaded';
import type { Protocol } from './protocols';
import { removeInvalidMembers } from './remove-invalid-members';

/** `strict` is for our own messages and allows no deviation. `inbound` is for messages of stations; tolerable deviations are counted. */
export type CheckMode = 'strict' | 'inbound';

export interface PathError {
  /** JSON pointer into the payload; empty for the payload itself. */
  path: string;
  message: string;
  /** The values of an enumeration, in messages that only we send. */
  allowed?: readonly unknown[];
}

export type Checked =
  /** `leniency`: `kind /path` of each deviation; empty when the payload is valid (it is then returned itself). */
  { ok: true; payload: unknown; leniency: string[] } | { ok: false; error: OcppError; paths: PathError[] };

export function checkRequest(protocol: Protocol, action: string, payload: unknown, mode: CheckMode): Checked {
  return check(protocol, action, 'Request', payload, mode);
}

export function checkResponse(protocol: Protocol, action: string, payload: unknown, mode: CheckMode): Checked {
  return check(protocol, action, 'Response', payload, mode);
}

function check(protocol: Protocol, action: string, part: 'Request' | 'Response', payload: unknown, mode: CheckMode): Checked {
  if (findAction(protocol, action) === undefined) return refused(new OcppError('not-implemented', 'unknown action'));
  const code = loadProtocol(protocol);
  const message = `${action}${part}`;
  const strict = code.strict[message];
  const inbound = code.inbound[message];
  // A SEND has no response, and a station does not send the calls of a CSMS.
  if (!strict || (mode === 'inbound' && !inbound)) return refused(new OcppError('not-supported', 'not sent in this direction'));
  if (strict(payload)) return { ok: true, payload, leniency: [] };
  const shape = code.shapes.messages[message];
  return mode === 'inbound' && inbound && shape
    ? lenient(payload, { inbound, shape, definitions: code.shapes.definitions, action }, strict)
    : failed(strict);
}

function lenient(payload: unknown, message: Parameters<typeof removeInvalidMembers>[1], strict: Validator): Checked {
  const notes = new LeniencyNotes();
  const repaired = repair(payload, message.shape, message.definitions, notes);
  if (!message.inbound(repaired) && !removeInvalidMembers(repaired, message, notes)) return failed(message.inbound);
  return isEmpty(repaired) && !strict(repaired) ? failed(strict) : { ok: true, payload: repaired, leniency: notes.list() };
}

/** Each member may be missing, but not all of them. */
function isEmpty(repaired: unknown): boolean {
  return Object.keys(repaired as object).length === 0; // the inbound schema wants an object
}

const CODES: Readonly<Record<string, OcppErrorCode>> = {
  type: 'type-constraint-violation',
  required: 'occurrence-constraint-violation',
  minItems: 'occurrence-constraint-violation',
  maxItems: 'occurrence-constraint-violation',
  additionalProperties: 'formation-violation',
};

/** So many wrong paths of one payload are listed. */
const MAX_PATHS = 20;

function failed(validator: Validator): Checked {
  const errors = (validator.errors ?? []).slice(0, MAX_PATHS);
  const paths = errors.map(pathError);
  const [first] = errors;
  const code = (first && CODES[first.keyword]) ?? 'property-constraint-violation';
  return refused(new OcppError(code, paths.map(({ path, message }) => `${path || '/'} ${message}`).join('; ')), paths);
}

function refused(error: OcppError, paths: PathError[] = []): Checked {
  return { ok: false, error, paths };
}

function pathError({ instancePath, keyword, params }: SchemaError): PathError {
  switch (keyword) {
    case 'required':
      return { path: `${instancePath}/${params.missingProperty ?? ''}`, message: 'is missing' };
    case 'additionalProperties':
      return { path: instancePath, message: 'has a property that is not known here' };
    case 'type':
      return { path: instancePath, message: `is not of type ${params.type ?? ''}` };
    case 'enum':
      return { path: instancePath, ...enumError(params.allowedValues) };
    case 'format':
      return { path: instancePath, message: 'is not in the required format' };
    default:
      return { path: instancePath, message: `violates ${keyword} ${params.limit ?? ''}`.trimEnd() };
  }
}

/** The validators of messages that only stations send leave the values out. */
function enumError(allowed: readonly unknown[] | undefined): Omit<PathError, 'path'> {
  if (allowed === undefined) return { message: 'is not one of the allowed values' };
  return { message: `is not one of ${allowed.map((value) => JSON.stringify(value)).join(', ')}`, allowed };
}
