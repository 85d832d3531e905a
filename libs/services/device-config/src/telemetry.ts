import type { EvictReason, Protocol, Registration, SecuritySeverity, StationRef } from '@voltbus/contracts';
import { isTransientDatabaseError } from '@voltbus/database';
import { defineBlock } from '@voltbus/service';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** One function for each thing that happened; it writes log and counter. Passwords and their hashes are never among it (A01.FR.09). */
export class DeviceConfigTelemetry {
  private readonly boots;
  private readonly profiles;
  private readonly evictions;
  private readonly anomalies;
  private readonly conflicts;
  private readonly frames;
  private readonly apiKeys;
  private readonly securityEvents;
  private readonly reports;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.boots = metrics.counter('station_boots_total', 'BootNotifications answered', ['registration']);
    this.profiles = metrics.counter('station_profiles_sent_total', 'Profiles sent to gateways', ['outcome']);
    this.evictions = metrics.counter('station_evictions_total', 'Sockets closed because their station changed', ['reason']);
    this.frames = metrics.counter(
      'device_config_frame_copies_total',
      'Copies of frames kept for operators to look at, or not (full, refused)',
      ['result'],
    );
    this.apiKeys = metrics.counter('device_config_api_keys_total', 'API keys issued and revoked', ['change']);
    this.securityEvents = metrics.counter('security_events_total', 'Security events that stations reported, or that were seen of them', [
      'type',
      'severity',
    ]);
    this.reports = metrics.counter(
      'device_reports_requested_total',
      'Stations asked for a full report because they booted with another firmware',
    );
    this.conflicts = metrics.counter(
      'station_identity_conflicts_total',
      'Stations whose connections began to take their place from each other',
    );
    this.anomalies = metrics.counter('device_config_anomalies_total', 'Things that had to wait or were passed over', ['kind']);
  }

  booted(ref: StationRef, registration: Registration): void {
    this.boots.add(1, { registration });
    this.logger.info({ ...ref, registration }, 'station booted');
  }

  registered(ref: StationRef): void {
    this.anomalies.add(1, { kind: 'registered' });
    this.logger.info(ref, 'unknown station registered at its first boot, as its tenant demands');
  }

  /** VOLTBUS_MAX_REGISTERED_STATIONS: there is room again when an operator puts some of them or deletes them. */
  registeredTooMany(ref: StationRef): void {
    this.anomalies.add(1, { kind: 'registered-too-many' });
    this.logger.warn(ref, 'unknown station refused: as many stations of its tenant have registered by themselves as may');
  }

  /** `type` is one of OCPP's, `other`, or what the CSMS calls it. */
  securityEvent(type: string, severity: SecuritySeverity): void {
    this.securityEvents.add(1, { type, severity });
  }

  reportsNotKept(count: number): void {
    this.anomalies.add(count, { kind: 'connector-not-kept' });
  }

  /** States of connectors changed more often than their history may hold. */
  statusesWithoutHistory(count: number): void {
    this.anomalies.add(count, { kind: 'status-without-history' });
  }

  deviceEventsNotKept(count: number): void {
    this.anomalies.add(count, { kind: 'device-event-not-kept' });
  }

  /** Counted and not logged: a station that sends so much would fill the log instead. */
  unhandledMessagesNotStored(_: StationRef, count: number): void {
    this.anomalies.add(count, { kind: 'message-not-kept' });
  }

  /** The station speaks that version whatever was agreed on. */
  pinned(ref: StationRef, protocol: Protocol): void {
    this.anomalies.add(1, { kind: 'version-pinned' });
    this.logger.warn({ ...ref, protocol }, 'station pinned to the version that it speaks');
  }

  /** Two devices may have one identity. */
  inConflict(ref: StationRef, conflict: object): void {
    this.conflicts.add(1);
    this.logger.warn({ ...ref, ...conflict }, 'connections of one identity keep taking its place from each other');
  }

  profilesSent(outcome: 'known' | 'unknown', count: number): void {
    if (count > 0) this.profiles.add(count, { outcome });
  }

  /** These requests are so old that the gateway has given up. */
  profilesLate(count: number): void {
    if (count > 0) this.profiles.add(count, { outcome: 'late' });
  }

  evicted(ref: StationRef, reason: EvictReason): void {
    this.evictions.add(1, { reason });
    this.logger.info({ ...ref, reason }, 'eviction sent to the gateway of the station');
  }

  /** The registry or the bus is away: the sweep takes it up again. */
  evictionDelayed(ref: StationRef, error: unknown): void {
    this.anomalies.add(1, { kind: 'eviction-delayed' });
    this.logger.warn({ ...ref, err: error }, 'changed station not yet evicted: will be tried again');
  }

  /** The bus is away: the sweep takes it up again. */
  passwordNotSent(ref: StationRef, error: unknown): void {
    this.anomalies.add(1, { kind: 'password-not-sent' });
    this.logger.warn({ ...ref, err: error }, 'new password not yet sent: will be tried again');
  }

  /** Gateways request it again when they need it. */
  profileNotCached(error: unknown): void {
    this.anomalies.add(1, { kind: 'profile-not-cached' });
    this.logger.debug({ err: error }, 'profile not cached: the registry is away');
  }

  presenceFromStore(error: unknown): void {
    this.anomalies.add(1, { kind: 'presence-from-store' });
    this.logger.debug({ err: error }, 'the registry is away: presence shown as last published');
  }

  copiesStored(count: number): void {
    this.frames.add(count, { result: 'kept' });
  }

  /** Copies are best effort; this counter tells an operator why some are missing. */
  copiesDropped(reason: 'full', count: number): void {
    this.frames.add(count, { result: reason });
  }

  /** The database will never take these. */
  copiesRefused(error: unknown, count: number): void {
    this.frames.add(count, { result: 'refused' });
    this.logger[isTransientDatabaseError(error) ? 'warn' : 'error']({ err: error, count }, 'copies of messages were not kept');
  }

  /** Subscribers learn of the station's next change. */
  stationChangeNotPublished(error: unknown): void {
    this.anomalies.add(1, { kind: 'station-change-not-published' });
    this.logger.debug({ err: error }, 'a change of a station was not published');
  }

  /** Its error has no item in it: what is wrong with an item is a result. */
  importFailed({ tenant, id, kind }: { tenant: string; id: string; kind: string }, error: unknown): void {
    this.anomalies.add(1, { kind: 'import-failed' });
    this.logger.error({ err: error, tenant, import: id, kind }, 'an import has failed');
  }

  importWaits(job: { tenant: string; id: string } | null, error: unknown): void {
    this.anomalies.add(1, { kind: 'import-waits' });
    const subject = job === null ? {} : { tenant: job.tenant, import: job.id };
    this.logger[isTransientDatabaseError(error) ? 'warn' : 'error']({ err: error, ...subject }, 'an import waits and will be tried again');
  }

  /** It booted with a firmware of which there is no full report. */
  reportRequested(ref: StationRef, firmware: string): void {
    this.reports.add(1);
    this.logger.info({ ...ref, firmware }, 'station asked for a full report of its variables');
  }

  variableChangesNotKept(count: number): void {
    this.anomalies.add(count, { kind: 'variable-change-not-kept' });
  }

  apiKeyIssued(key: { tenant: string; id: string; by: string }): void {
    this.apiKeys.add(1, { change: 'issued' });
    this.logger.info(key, 'API key issued');
  }

  apiKeyRotated(key: { tenant: string; id: string; by: string; overlapSeconds: number }): void {
    this.apiKeys.add(1, { change: 'rotated' });
    this.logger.info(key, 'API key rotated');
  }

  apiKeyChanged(key: { tenant: string; id: string; by: string }): void {
    this.apiKeys.add(1, { change: 'changed' });
    this.logger.info(key, 'API key changed');
  }

  apiKeyRevoked(key: { tenant: string; id: string; by: string }): void {
    this.apiKeys.add(1, { change: 'revoked' });
    this.logger.info(key, 'API key revoked');
  }

  apiKeyUsesNotWritten(error: unknown): void {
    this.logger[isTransientDatabaseError(error) ? 'warn' : 'error'](
      { err: error },
      'uses of API keys were not written and will be tried again',
    );
  }

  /** Copies are best effort: a start does not wait for their partitions. */
  messageLogNotTurned(error: unknown): void {
    this.logger[isTransientDatabaseError(error) ? 'warn' : 'error']({ err: error }, 'partitions of the message log will be made later');
  }
}

/** Log and metrics of this service's blocks. */
export const telemetry = defineBlock({ name: 'telemetry', build: ({ logger, metrics }) => new DeviceConfigTelemetry(logger, metrics) });
