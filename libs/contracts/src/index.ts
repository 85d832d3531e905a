export { DEFAULT_TENANT, MAX_STATION_LENGTH, TENANT_PATTERN, parseStationKey, stationKey, type StationRef } from './ids';
export { CSMS_ERROR_STATUS, CsmsError, type CsmsErrorCode } from './errors';
export { PROTOCOLS, type AckClass, type Lane, type Protocol, type Registration } from './station-state';
export { META_HEADER, packUplink, unpackUplink, type Checked, type ReturnAddress, type UplinkMeta } from './uplink';
export { packDownlink, unpackDownlink, type DownlinkCall, type DownlinkMeta, type EvictReason } from './downlink';
export {
  COMMAND_STATUSES,
  commandEnded,
  commandRequestSchema,
  type CallOutcome,
  type CallResult,
  type Command,
  type CommandRequest,
  type CommandStatus,
} from './commands';
export { hashStationKey, type ProfileRequest, type StationProfile } from './station-profile';
export {
  MAX_PERIODS,
  type Cdr,
  type CdrCost,
  type ConnectionEvent,
  type ConnectionRefusal,
  type EndedTransaction,
  type Tariff,
  type Tenant,
  type Transaction,
  type TransactionPeriod,
} from './events';
export { fromCloudEventHeaders, toCloudEventHeaders, type CloudEvent } from './cloud-event';
export {
  BUCKETS,
  CALL_RESULTS,
  CDRS,
  COMMANDS,
  COMMAND_RESULTS,
  CONNECTIONS,
  DEAD_LETTERS,
  DOWNLINK,
  KEYED_PARTITIONS,
  LANES,
  PROFILE_REQUESTS,
  TENANTS,
  TOPICS,
  TRANSACTIONS,
  type ServiceName,
  type Topic,
} from './topics';
export { ackClass, ackNeedsPayload, isTransactionMessage, laneOf, stationActions, type AckPolicy } from './station-traffic';
export { deterministicId } from './deterministic-id';
