export { Needs, Public, TakesTicket } from './auth/access';
export { API_KEYS, type ApiKeys, type KeyHolder } from './auth/api-keys';
export { lacksPermission } from './auth/auth.guard';
export { type Caller } from './auth/caller';
export { Actor, Administrator, RequestCaller, Tenant } from './auth/caller-parameters';
export {
  PERMISSIONS,
  ROLES,
  SCOPES,
  TENANT_ROLES,
  rightsOfRole,
  rightsOfScopes,
  rolesWith,
  type Permission,
  type Rights,
  type Role,
  type Scope,
  type TenantRole,
} from './auth/permissions';
export { OF_STATION, OF_STATIONS, OF_WRITTEN_STATION, OF_STREAM, OF_TENANT, ofItem } from './auth/reach';
export { MAX_STATIONS_OF_GROUPS, stationsOf } from './auth/station-scope';
export { type StoredSession, type SessionStore } from './auth/sessions/session-store';
export { viewOfSession } from './auth/sessions/session-view';
export { MAX_SESSIONS_OF_PERSON, SESSIONS, Sessions } from './auth/sessions/sessions';
export { ticketMakerOf } from './auth/authenticator';
export { TENANT_HEADER } from './auth/tenant';
export { TICKET_RECONNECT_SECONDS, TICKET_SECONDS, TicketSeal, withProof, withoutProof } from './auth/ticket-seal';
export { AUDIT_LOG, type AuditLog, type AuditedChange } from './audit/audit-log';
export { Audited, type AuditTarget, type Auditing } from './audit/audited';
export {
  KNOWN_STATIONS,
  STATIONS_SHOWN,
  STATION_GROUPS,
  TICKET_USES,
  STATION_MESSAGE_LIMITS,
  STATION_USES,
  TARIFF_DIRECTORY,
  TENANT_DIRECTORY,
  TRANSACTION_BILLS,
  type HeldStations,
  type HeldTariffs,
  type KnownStations,
  type StationGroups,
  type StationMessageLimits,
  type StationUses,
  type StationsShown,
  type TicketUses,
  type TariffDirectory,
  type TenantDirectory,
  STATION_EVSES,
  type StationEvses,
  type TransactionBill,
  type TransactionBills,
} from './directories';
export { httpApi } from './http-api';
export { KeyFindsCommand } from './idempotency/idempotency-key';
export {
  IDEMPOTENCY_STORE,
  KEPT_HOURS,
  MAX_ANSWER_BYTES,
  MAX_KEYS_OF_TENANT,
  type IdempotencyStore,
  type KeyClaim,
  type KeyUse,
} from './idempotency/idempotency-store';
export { authorOf, type AuditedRequest } from './audit/change-author';
export { Imported } from './imports/importable';
export {
  IMPORT_KINDS,
  IMPORT_WORKER,
  type ImportAuthor,
  type ImportItem,
  type ImportKind,
  type ImportResult,
  type ImportTarget,
  type ImportWorker,
  type ItemProblem,
} from './imports/import-target';
export { ApiList } from './lists/api-list';
export { defineList, type ListPage } from './lists/define-list';
export { anyOf, filterOf, oneOf, trueOrFalse } from './lists/filters';
export { csvOf, linesOf } from './lists/lines';
export { pageSchemaOf } from './lists/page';
export { ApiResumableList, type ResumablePage } from './lists/resumable-page';
export { describeModule } from './openapi/describe-module';
export { schemaNamed } from './openapi/schema-of';
export {
  ApiFile,
  ApiFileBody,
  ApiLinesBody,
  ApiZodBody,
  ApiZodContent,
  ApiZodCsv,
  ApiZodLines,
  ApiZodQuery,
  ApiZodResponse,
  ApiZodStream,
} from './openapi/zod-decorators';
export { CommandId, type CommandIdentity } from './requests/command-id';
export { problemOf } from './problems/problem';
export { whileKnown } from './requests/known-station';
export { TenantMayBeMissing } from './requests/known-tenant.guard';
export { TakesLines } from './requests/take-lines';
export { readJson } from './requests/read-json';
export { faultyRequest } from './requests/request-faults';
export { StationParam } from './requests/station-param';
export { zodBody, zodParam, zodQuery } from './requests/zod.pipes';
export { ApiDelete, ApiGet, ApiPatch, ApiPut } from './resources/describe-resource';
export { type Resource } from './resources/resource';
export { type ResourceChange } from './resources/resource-change';
export { ChangeOf, EntityTag, type Tagged } from './resources/resource-parameters';
export { reason } from './values/reason';
export { MAX_INT32, decimal, evseNumber, idTokenText, instant, isUuid, text, wholeNumber } from './values/values';
export { DOWNLOADS_PATH, DOWNLOAD_SOURCE, type DownloadSource, type OfferedFile } from './downloads/download-source';
export type { ByteRange } from './downloads/range';
export { TakesFile, fileIn, type FileBody } from './requests/take-files';
export { UPLOADS_PATH, UPLOAD_RECEIVER, type Upload, type UploadReceiver, type UploadedFile } from './uploads/upload-receiver';
