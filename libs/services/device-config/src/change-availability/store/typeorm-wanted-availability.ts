import type { StationRef } from '@voltbus/contracts';
import { tryLocks } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { inStation, type LockedStation } from '../../stations/typeorm-in-station';
import type { Place, WantedAvailability } from '../domain/availability';
import type { ReportedState } from '../domain/next-change';

const COLUMNS = `evse, connector, availability, reason, changed_by AS "changedBy", changed_at AS "changedAt", state, command, sent_at AS "sentAt",
  answered_at AS "answeredAt", tries, next_at AS "nextAt"`;

/** Stations that can be reached, have settled, and have something that may have to be sent. Which of it, and whether, is decided of each. */
const CANDIDATES = `
SELECT DISTINCT w.tenant, w.station FROM device_config.wanted_availability w JOIN device_config.stations s USING (tenant, station)
WHERE s.online AND s.registration = 'accepted' AND s.protocol IS NOT NULL AND (s.booted_at IS NULL OR s.booted_at < $1)
  AND (w.state <> 'rejected') AND (w.next_at IS NULL OR w.next_at <= $2 OR s.booted_at > w.sent_at)
  AND (w.state = 'waiting' OR (w.state = 'sent' AND w.sent_at < $3) OR (w.state = 'failed' AND s.booted_at > w.sent_at)
    OR EXISTS (SELECT FROM device_config.connectors c WHERE c.tenant = w.tenant AND c.station = w.station AND c.received_at > w.answered_at
      AND (w.evse = 0 OR w.evse = c.evse) AND (w.availability = 'Inoperative') <> (c.status = 'Unavailable')))
  AND (w.tenant, w.station) > ($5, $6)
ORDER BY w.tenant, w.station LIMIT $4`;

/** What is wanted of stations and their parts. */
export class TypeormWantedAvailability {
  constructor(private readonly dataSource: DataSource) {}

  /** One change of a station at a time; nothing is done where there is no such station. */
  inStation<T>(ref: StationRef, work: (unit: AvailabilityUnit, station: LockedStation) => Promise<T>): Promise<T | null> {
    return inStation(this.dataSource, 'availability', ref, (manager, station) => work(new AvailabilityUnit(manager, ref), station));
  }

  /** Those behind `after`, in their order. By one process at a time; the others find nothing. */
  candidates({
    settledBefore,
    now,
    lostBefore,
    after,
    most,
  }: {
    settledBefore: Date;
    now: Date;
    lostBefore: Date;
    after: StationRef | null;
    most: number;
  }): Promise<StationRef[]> {
    return this.dataSource.transaction(async (manager) => {
      const [isMine] = await tryLocks(manager, ['changes of availability']);
      return isMine === true
        ? manager.query(CANDIDATES, [settledBefore, now, lostBefore, most, after?.tenant ?? '', after?.station ?? ''])
        : [];
    });
  }
}

/** The availability of one station within its database transaction. */
export class AvailabilityUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
  ) {}

  wanted(): Promise<WantedAvailability[]> {
    return this.manager.query(
      `SELECT ${COLUMNS} FROM device_config.wanted_availability WHERE tenant = $1 AND station = $2 ORDER BY evse, connector`,
      this.key,
    );
  }

  reported(): Promise<(ReportedState & { changedAt: Date })[]> {
    return this.manager.query(
      `SELECT evse::integer AS evse, connector::integer AS connector, status, received_at AS "receivedAt", status_since AS "since", changed_at AS "changedAt"
       FROM device_config.connectors WHERE tenant = $1 AND station = $2 ORDER BY evse, connector`,
      this.key,
    );
  }

  async write(wanted: WantedAvailability): Promise<void> {
    const { evse, connector, availability, reason, changedBy, changedAt, state, command, sentAt, answeredAt, tries, nextAt } = wanted;
    await this.manager.query(
      `INSERT INTO device_config.wanted_availability (tenant, station, evse, connector, availability, reason, changed_by, changed_at, state, command,
         sent_at, answered_at, tries, next_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       ON CONFLICT (tenant, station, evse, connector) DO UPDATE SET availability = excluded.availability, reason = excluded.reason,
         changed_by = excluded.changed_by, changed_at = excluded.changed_at, state = excluded.state, command = excluded.command,
         sent_at = excluded.sent_at, answered_at = excluded.answered_at, tries = excluded.tries, next_at = excluded.next_at`,
      [
        ...[...this.key, evse, connector, availability, reason, changedBy, changedAt, state, command],
        ...[sentAt, answeredAt, tries, nextAt],
      ],
    );
  }

  async remove({ evse, connector }: Place): Promise<void> {
    await this.manager.query(
      'DELETE FROM device_config.wanted_availability WHERE tenant = $1 AND station = $2 AND evse = $3 AND connector = $4',
      [...this.key, evse, connector],
    );
  }

  private get key(): [string, string] {
    return [this.ref.tenant, this.ref.station];
  }
}
