export { availabilityEvents, type AvailabilityEvent } from './availability-events';
export {
  DEFAULT_TENANT,
  MAX_STATION_GROUP_LENGTH,
  MAX_STATION_LENGTH,
  MAX_TOKEN_GROUP_LENGTH,
  NO_STATION,
  TARIFF_NAME,
  TENANT_PATTERN,
  groupByStation,
  parseStationKey,
  stationKey,
  type StationRef,
} from './ids';
export { CsmsError, MOST_USERS_NAMED, inUse, invalidAt, unknownReference } from './errors';
export { PROBLEMS, type CsmsErrorCode, type ProblemCode } from './problems';
export { MAX_CALLER_STATION_GROUPS, TENANT_ROLES, type TenantRole } from './roles';
export { PROTOCOLS, type AckClass, type Lane, type Protocol, type Registration } from './station-state';
export { EVENT_TRACE_HEADER, TRACE_HEADER, traceparentIn } from './trace-context';
export { META_HEADER, packUplink, unpackUplink, type Checked, type ReturnAddress, type UplinkMeta } from './uplink';
export { downlinkCallSchema, packDownlink, unpackDownlink, type DownlinkCall, type DownlinkMeta, type EvictReason } from './downlink';
export {
  COMMAND_STATUSES,
  commandEnded,
  commandRequestSchema,
  commandWaitingSchema,
  commandOutcome,
  commandSchema,
  commandStatusSchema,
  isCrowdedOut,
  lacksFunction,
  type CallOutcome,
  type CallResult,
  type Command,
  type CommandOutcome,
  type CommandRequest,
  type CommandStatus,
} from './commands';
export { type PriceChange } from './price-change';
export { type StationGrouping } from './station-grouping';
export { asText, isText, text } from './text';
export { canonicalJson } from './canonical-json';
export { LARGEST_STATION_NUMBER, isDecimal, isOcppInteger, isOutOfRange, sequenceNumber, stationNumber } from './station-numbers';
export { MAX_AHEAD_MS, MAX_BEHIND_MS, readStationTime, type StationTime } from './station-time';
export {
  NO_QUIRKS,
  OTHER_RANKS,
  QUIRKS_HEADER,
  STANDING_QUIRKS,
  SWITCHABLE_NAMES,
  SWITCHABLE_QUIRKS,
  isQuirkOn,
  packQuirks,
  quirkNumber,
  quirkSettingsSchema,
  quirkZone,
  readBy,
  unpackQuirks,
  type QuirkEntry,
  type QuirkSetting,
  type QuirkSettings,
  type QuirkValue,
  type SwitchableEntry,
  type SwitchableQuirk,
} from './quirks';
export {
  hashStationKey,
  stationProfileSchema,
  storedKeyHash,
  storedKeyHashes,
  type KeyRehash,
  type ProfileRequest,
  type StationProfile,
} from './station-profile';
export {
  MAX_PERIODS,
  billedTransactionSchema,
  byHandSchema,
  endedTransactionSchema,
  transactionPeriodSchema,
  transactionSchema,
  type BilledTransaction,
  type ByHand,
  type EndedTransaction,
  type Transaction,
  type TransactionPeriod,
} from './transaction';
export {
  NOT_REVIEWED,
  REVIEW_STATES,
  cdrCostSchema,
  cdrReviewSchema,
  cdrSchema,
  reviewStateSchema,
  tariffSchema,
  type Cdr,
  type CdrCost,
  type CdrReview,
  type ReviewReason,
  type ReviewState,
  type Tariff,
} from './cdr';
export { type HeldCdr } from './held-cdr';
export { evseIdSchema, placeSchema, type Place, type StationDescription } from './station-description';
export { DEFAULT_REVIEW_FLAGS, REVIEWABLE_FLAGS } from './review-flags';
export {
  connectionEventSchema,
  connectionRefusalSchema,
  protocolMismatchSchema,
  type ClientCertificate,
  type ConnectionEvent,
  type ConnectionRefusal,
  type ProtocolMismatch,
} from './connection';
export { ALERT_KINDS, alertSchema, deviceEventSchema, type Alert, type DeviceEvent } from './device-event';
export { RESERVATION_STATES, reservationSchema, reservationStateSchema, type Reservation, type ReservationState } from './reservation';
export { securityEventSchema, type SecurityEvent, type SecuritySeverity } from './security-event';
export { type Tenant, type TenantChanged } from './tenant';
export { FRAME_KINDS, packFrame, unpackFrames, type FrameCopy, type FrameKind } from './frames';
export { DEFAULT_INSTALLATION, fromCloudEventHeaders, sourceOf, toCloudEventHeaders, type CloudEvent } from './cloud-event';
export {
  BUCKETS,
  CALL_RESULTS,
  CDRS,
  CDR_REVIEWS,
  COMMANDS,
  COMMAND_RESULTS,
  CONNECTIONS,
  DEAD_LETTERS,
  DOWNLINK,
  FRAMES,
  KEYED_PARTITIONS,
  LANES,
  PRICES,
  PROFILE_REQUESTS,
  DEVICE_EVENTS,
  SECURITY_EVENTS,
  STATIONS,
  STATION_CHANGES,
  TENANTS,
  TOKEN_ERASURES,
  TOPICS,
  TRANSACTIONS,
} from './topics';
export { FOLLOWER_GROUP_PREFIX, type ServiceName, type Topic } from './topic';
export { attributesOf, cloudEventOf, type EventAttributes, type EventType } from './event-type';
export {
  PLUG_AND_CHARGE_VENDOR,
  ackClass,
  isTransactionMessage,
  laneOf,
  needsPayload,
  stationActions,
  type AckPolicy,
} from './station-traffic';
export { Keyring, type KeyPart } from './keyring';
export { isSameSecret } from './same-secret';
export { HEADER_BYTES, SecretBox, keyIdOf } from './secret-box';
export { SEALED_SECRET_PREFIX, SealedSecretUnreadable, SealedSecrets, isSealedSecret } from './sealed-secret';
export { deterministicId } from './deterministic-id';
export { FLAGS, flagSchema, type Flag } from './flags';
export { asyncApi, publicSchemas } from './asyncapi';
export { PUBLIC_TOPICS, type PublicEvent, type PublicTopic } from './public-topics';
export { publicSchema } from './public-schemas';
export {
  MAX_STATIONS_NAMED,
  stationsOfErasureSchema,
  tokenErasureSchema,
  type StationsOfErasure,
  type TokenErasure,
} from './token-erasure';
