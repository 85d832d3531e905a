export {
  type AuthorizationDecision,
  authorize,
  chargesOnce,
  type PresentedToken,
  printable,
  REMOTE_START_MS,
  type Token,
  tokenIdentity,
  type TokenStatus,
} from './domain/authorization';
export { authorizeByOutcome, type ExternalOutcome } from './domain/external-decision';
export type { ExternalAuthorizerBreaker } from './external-authorizer-breaker';
export { idTagInfo, tokenOfIdTag } from './ocpp16/id-tag';
export { idTokenInfo, tokenOfIdToken } from './ocpp2/id-token';
export { groupAt } from './store/typeorm-token-groups';
export { lockRevision, numbered, numberUnnumbered, QUIET_MS } from './store/typeorm-token-revisions';
export type { TypeormTokens } from './store/typeorm-tokens';
