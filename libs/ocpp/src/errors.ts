import type { Protocol } from './protocols';

/** Longest error description that 2.x allows; 1.6 advises the same. */
export const MAX_DESCRIPTION_LENGTH = 255;

/** What OCPP can say is wrong with a message, whatever a version calls it. */
export type OcppErrorCode =
  | 'not-implemented'
  | 'not-supported'
  | 'internal-error'
  | 'protocol-error'
  | 'security-error'
  | 'formation-violation'
  | 'property-constraint-violation'
  | 'occurrence-constraint-violation'
  | 'type-constraint-violation'
  | 'generic-error'
  | 'message-type-not-supported'
  | 'rpc-framework-error';

const SPELLINGS_2: Readonly<Record<OcppErrorCode, string>> = {
  'not-implemented': 'NotImplemented',
  'not-supported': 'NotSupported',
  'internal-error': 'InternalError',
  'protocol-error': 'ProtocolError',
  'security-error': 'SecurityError',
  'formation-violation': 'FormatViolation',
  'property-constraint-violation': 'PropertyConstraintViolation',
  'occurrence-constraint-violation': 'OccurrenceConstraintViolation',
  'type-constraint-violation': 'TypeConstraintViolation',
  'generic-error': 'GenericError',
  'message-type-not-supported': 'MessageTypeNotSupported',
  'rpc-framework-error': 'RpcFrameworkError',
};

/** `Occurence` is how 1.6 spells it. It has no word for a broken frame. */
const SPELLINGS_16: Readonly<Record<OcppErrorCode, string>> = {
  ...SPELLINGS_2,
  'formation-violation': 'FormationViolation',
  'occurrence-constraint-violation': 'OccurenceConstraintViolation',
  'message-type-not-supported': 'GenericError',
  'rpc-framework-error': 'GenericError',
};

// 1.6 first: where its spelling stands for several codes, 2's own comes last and wins.
const CODES: ReadonlyMap<string, OcppErrorCode> = new Map(
  [SPELLINGS_16, SPELLINGS_2].flatMap((spellings) =>
    // Keys of a Record<OcppErrorCode, ...> literal are exactly its codes.
    Object.entries(spellings).map(([code, spelling]) => [spelling.toLowerCase(), code as OcppErrorCode] as const),
  ),
);

/** The code as the version spells it. */
export function spellCode(protocol: Protocol, code: OcppErrorCode): string {
  return (protocol === 'ocpp1.6' ? SPELLINGS_16 : SPELLINGS_2)[code];
}

/** Any version's spelling, which stations mix; a word nobody knows is a generic error. */
export function readCode(text: string): OcppErrorCode {
  return CODES.get(text.trim().toLowerCase()) ?? 'generic-error';
}

/**
 * What a station is told went wrong. The description says where (a JSON path) and why, never what was received:
 * payloads hold PIN codes and certificates. It is cut at 255 characters.
 */
export class OcppError extends Error {
  override readonly name = 'OcppError';
  readonly description: string;

  constructor(
    readonly code: OcppErrorCode,
    description = '',
    readonly details: object = {},
  ) {
    super(description === '' ? code : `${code}: ${description}`);
    this.description = cut(description);
  }
}

function cut(text: string): string {
  // A surrogate pair cut in half would be refused by the other side.
  return text.length <= MAX_DESCRIPTION_LENGTH ? text : text.slice(0, MAX_DESCRIPTION_LENGTH).replace(/[\ud800-\udbff]$/, '');
}
