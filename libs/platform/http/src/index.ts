export { AdminOnly, Needs, Public } from './auth/access';
export { API_KEYS, SCOPES, type ApiKeys, type KeyHolder, type Scope } from './auth/api-keys';
export { type Caller } from './auth/caller';
export { Administrator, ApiKey, KeyId, NamedTenant, RequestCaller, Tenant } from './auth/caller-parameters';
export { TENANT_HEADER } from './auth/tenant';
export { AUDIT_LOG, type AuditLog, type AuditedChange } from './audit/audit-log';
export { Audited, type AuditTarget } from './audit/audited';
export {
  KNOWN_STATIONS,
  STATIONS_SHOWN,
  TARIFF_DIRECTORY,
  TENANT_DIRECTORY,
  type KnownStations,
  type StationsShown,
  type TariffDirectory,
  type TenantDirectory,
} from './directories';
export { httpApi } from './http-api';
export { ApiList } from './lists/api-list';
export { defineList, type ListPage } from './lists/define-list';
export { anyOf, filterOf, oneOf, trueOrFalse } from './lists/filters';
export { pageQueryOf, pageQuerySchema, pageSchemaOf, readPage, timeAndId, type Page, type PageQuery, type Slice } from './lists/page';
export { describeModule } from './openapi/describe-module';
export { schemaNamed } from './openapi/schema-of';
export { ApiZodBody, ApiZodLines, ApiZodList, ApiZodQuery, ApiZodResponse, ApiZodStream } from './openapi/zod-decorators';
export { ApiIdempotencyKey, CommandId } from './requests/command-id';
export { zodBody, zodParam, zodQuery } from './requests/zod.pipes';
export { reason } from './values/reason';
export { replacement } from './values/replacement';
export { MAX_INT32, decimal, evseNumber, idTokenText, instant, isUuid, text, wholeNumber } from './values/values';
