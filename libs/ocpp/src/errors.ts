import type { Protocol } from './protocols';

/** The longest error description that 2.x allows and 1.6 recommends. */
export const MAX_DESCRIPTION_LENGTH = 255;

/** The error codes of OCPP, independent of a version's spelling. */
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

/** 1.6 spells it `Occurence`, and has no code for a broken frame. */
const SPELLINGS_16: Readonly<Record<OcppErrorCode, string>> = {
  ...SPELLINGS_2,
  'formation-violation': 'FormationViolation',
  'occurrence-constraint-violation': 'OccurenceConstraintViolation',
  'message-type-not-supported': 'GenericError',
  'rpc-framework-error': 'GenericError',
};

// 1.6 comes first: where its spelling means several codes, that of 2.x comes last and wins.
const CODES: ReadonlyMap<string, OcppErrorCode> = new Map(
  [SPELLINGS_16, SPELLINGS_2].flatMap((spellings) =>
    // The keys of a Record<OcppErrorCode, ...> literal are exactly its codes.
    Object.entries(spellings).map(([code, spelling]) => [spelling.toLowerCase(), code as OcppErrorCode] as const),
  ),
);

/** The version's spelling of a code. */
export function spellCode(protocol: Protocol, code: OcppErrorCode): string {
  return (protocol === 'ocpp1.6' ? SPELLINGS_16 : SPELLINGS_2)[code];
}

/** Reads the spelling of any version, as stations mix them. An unknown text is a generic error. */
export function readCode(text: string): OcppErrorCode {
  return CODES.get(text.trim().toLowerCase()) ?? 'generic-error';
}

/**
 * The error that is sent to a station. The description gives the place (a JSON path) and the reason, never received values, as payloads
 * contain PIN codes and certificates. It is cut at 255 characters.
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
  // The other side would refuse half a surrogate pair.
  return text.length <= MAX_DESCRIPTION_LENGTH ? text : text.slice(0, MAX_DESCRIPTION_LENGTH).replace(/[\ud800-\udbff]$/, '');
}
