import type { EvictReason, Protocol, Registration, StationRef } from '@voltbus/contracts';
import { isTransientDatabaseError } from '@voltbus/database';
import type { FoundConflict } from './identity-conflicts/typeorm-take-overs';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** What happens here, said to log and metrics at once. Passwords and their hashes are never among it (A01.FR.09). */
export class DeviceConfigTelemetry {
  private readonly boots;
  private readonly profiles;
  private readonly evictions;
  private readonly anomalies;
  private readonly conflicts;
  private readonly frames;
  private readonly apiKeys;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.boots = metrics.counter('station_boots_total', 'BootNotifications answered', ['registration']);
    this.profiles = metrics.counter('station_profiles_told_total', 'Profiles told to gateways', ['outcome']);
    this.evictions = metrics.counter('station_evictions_total', 'Sockets asked to close because a station changed', ['reason']);
    this.frames = metrics.counter(
      'device_config_frame_copies_total',
      'Copies of frames kept for operators to look at, or not (full, refused)',
      ['result'],
    );
    this.apiKeys = metrics.counter('device_config_api_keys_total', 'Keys of the API made and revoked', ['change']);
    this.conflicts = metrics.counter(
      'station_identity_conflicts_total',
      'Stations whose connections began to take their place from each other',
    );
    this.anomalies = metrics.counter('device_config_oddities_total', 'Things that had to wait or were passed over', ['kind']);
  }

  booted(ref: StationRef, registration: Registration): void {
    this.boots.add(1, { registration });
    this.logger.info({ ...ref, registration }, 'station booted');
  }

  registered(ref: StationRef): void {
    this.anomalies.add(1, { kind: 'registered' });
    this.logger.info(ref, 'unknown station registered at its first boot, as its tenant wants it');
  }

  /** VOLTBUS_MAX_REGISTERED_STATIONS: an operator takes some on, or deletes them. */
  registeredTooMany(ref: StationRef): void {
    this.anomalies.add(1, { kind: 'registered-too-many' });
    this.logger.warn(ref, 'unknown station refused: as many stations of its tenant have registered by themselves as may');
  }

  reportsNotKept(count: number): void {
    this.anomalies.add(count, { kind: 'connector-not-kept' });
  }

  /** One that says so much is counted, not logged: it would fill the log instead. */
  unhandledMessagesNotStored(_: StationRef, count: number): void {
    this.anomalies.add(count, { kind: 'message-not-kept' });
  }

  /** It speaks that version whatever was agreed on. */
  pinned(ref: StationRef, protocol: Protocol): void {
    this.anomalies.add(1, { kind: 'version-pinned' });
    this.logger.warn({ ...ref, protocol }, 'station pinned to the version that it speaks');
  }

  /** Two devices may have one identity. */
  inConflict({ tenant, station, conflict }: FoundConflict): void {
    this.conflicts.add(1);
    this.logger.warn({ tenant, station, ...conflict }, 'connections of one identity keep taking its place from each other');
  }

  profilesSent(outcome: 'known' | 'unknown', count: number): void {
    if (count > 0) this.profiles.add(count, { outcome });
  }

  /** Asked so long ago that the gateway has given up. */
  profilesLate(count: number): void {
    if (count > 0) this.profiles.add(count, { outcome: 'late' });
  }

  evicted(ref: StationRef, reason: EvictReason): void {
    this.evictions.add(1, { reason });
    this.logger.info({ ...ref, reason }, 'socket asked to close');
  }

  /** The registry or the bus is away: the sweep takes it up again. */
  evictionDelayed(ref: StationRef, error: unknown): void {
    this.anomalies.add(1, { kind: 'eviction-delayed' });
    this.logger.warn({ ...ref, err: error }, 'changed station not yet evicted: will be tried again');
  }

  /** Gateways ask again when they need it. */
  profileNotCached(error: unknown): void {
    this.anomalies.add(1, { kind: 'profile-not-cached' });
    this.logger.debug({ err: error }, 'profile not cached: the registry is away');
  }

  presenceFromStore(error: unknown): void {
    this.anomalies.add(1, { kind: 'presence-from-store' });
    this.logger.debug({ err: error }, 'the registry is away: presence shown as last told');
  }

  copiesStored(count: number): void {
    this.frames.add(count, { result: 'kept' });
  }

  /** Copies are best effort; an operator who misses some finds out here why. */
  copiesDropped(reason: 'full', count: number): void {
    this.frames.add(count, { result: reason });
  }

  /** The database does not take these, now or later. */
  copiesRefused(error: unknown, count: number): void {
    this.frames.add(count, { result: 'refused' });
    this.logger[isTransientDatabaseError(error) ? 'warn' : 'error']({ err: error, count }, 'copies of messages were not kept');
  }

  /** Who listens to stations learns of the next change. */
  stationChangeNotPublished(error: unknown): void {
    this.anomalies.add(1, { kind: 'station-change-untold' });
    this.logger.debug({ err: error }, 'a change of a station was not told to those who listen');
  }

  apiKeyIssued(key: { tenant: string; id: string; by: string | null }): void {
    this.apiKeys.add(1, { change: 'made' });
    this.logger.info(key, 'API key made');
  }

  apiKeyRevoked(key: { tenant: string; id: string; by: string | null }): void {
    this.apiKeys.add(1, { change: 'revoked' });
    this.logger.info(key, 'API key revoked');
  }

  workFailed(work: string, error: unknown): void {
    this.logger[isTransientDatabaseError(error) ? 'warn' : 'error']({ err: error, work }, 'will be tried again');
  }
}
