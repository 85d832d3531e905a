export * as v16 from './generated/v16';
export * as v201 from './generated/v201';
export * as v21 from './generated/v21';
export type { Protocol } from './protocols';
export type { Action, ActionInfo, Family, Initiator, RequestOf, ResponseOf } from './action';
export { actionsOf, findAction } from './actions';
export { MAX_DESCRIPTION_LENGTH, OcppError, readCode, spellCode, type OcppErrorCode } from './errors';
export {
  MAX_DEPTH,
  MAX_FRAME_BYTES,
  decodeUtf8,
  faultIn,
  isStorable,
  parseGuarded,
  type GuardedJson,
  type JsonFault,
} from './guarded-json';
export { MAX_ID_LENGTH, peek, type BrokenFrame, type FrameFault, type FrameType, type MessageId, type Peek } from './peek';
export { knowsFrameType, parseFrame, type Frame } from './frame';
export { answerBroken, encodeCall, encodeError, encodeResult, encodeResultError, encodeSend, faultError } from './encode';
export { checkRequest, checkResponse, type CheckMode, type Checked, type PathError } from './check';
export type { SetOptional as Lacking } from './set-optional';
export type { LeniencyKind } from './leniency';
export { loadProtocol } from './loaded';
export {
  REDACTED,
  isSecretName,
  mayContainSecret,
  redact,
  redactText,
  withoutSecrets,
  type Redacted,
  type RedactOptions,
} from './redaction';
