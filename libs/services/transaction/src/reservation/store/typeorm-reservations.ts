import type { Reservation, StationRef } from '@voltbus/contracts';
import { StationTransactions, TypeormList, prepared, shownAs, type ListSource, type Outbox, type Statement } from '@voltbus/database';
import type { Metrics } from '@voltbus/telemetry';
import type { DataSource } from 'typeorm';
import type { StoredReservation } from '../domain/reservation';
import { shownReservation } from '../reservation-published';
import { COLUMNS, toReservation, type ReservationRow } from './reservation-row';
import { ReservationUnit } from './typeorm-reservation-unit';
import { RESERVATION_LIST, type ReservationFilters, type ReservationSort } from './typeorm-reservation-list';

/** Most sessions use no reservation: one look tells. */
const ANY: Statement = {
  name: 'reservations-any',
  merge: ['text', 'text', 'timestamptz'],
  text: 'SELECT 1 FROM transactions.reservations WHERE tenant = $1 AND station = $2 AND expires_at > $3 LIMIT 1',
};

/** The stations whose reservations are to be asked for again. */
const ASK_AGAIN = `
UPDATE transactions.reservations r SET due_at = $3
FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS given(tenant, station)) AS given
WHERE r.tenant = given.tenant AND r.station = given.station AND r.ended_at IS NULL AND r.expires_at > $3
  AND (r.answer IS NOT NULL OR r.state = 'cancelling')`;

/** What waits for the station, which was away or did not answer, waits no longer. */
const RETURNED = `
UPDATE transactions.reservations r SET due_at = $3 FROM unnest($1::text[], $2::text[]) AS returned(tenant, station)
WHERE r.tenant = returned.tenant AND r.station = returned.station AND expires_at > $3 AND ended_at IS NULL AND due_at > $3`;

/** Reservations, under the lock of their station: sessions there are begun under the same one. */
export class TypeormReservations {
  private readonly listed: TypeormList<ReservationRow, ReservationFilters, ReservationSort>;
  private readonly stations;

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    metrics: Metrics,
  ) {
    this.listed = new TypeormList(dataSource, RESERVATION_LIST);
    this.stations = new StationTransactions(dataSource, { metrics, work: 'reservations' });
  }

  /** The work must have no effect but through the unit: it may be done again. */
  inStation<T>(ref: StationRef, work: (unit: ReservationUnit) => Promise<T>): Promise<T> {
    return this.stations.run(ref, (manager) => work(this.unit(manager, ref)));
  }

  /** Within a database transaction that holds the lock of the station. */
  unit(manager: ReservationUnit['manager'], ref: StationRef): ReservationUnit {
    return new ReservationUnit(manager, ref, this.outbox);
  }

  /** Whether the station has had a reservation since then. */
  async any(manager: ReservationUnit['manager'], { tenant, station }: StationRef, since: Date): Promise<boolean> {
    return (await prepared(manager, ANY, [tenant, station, since])).length > 0;
  }

  list(tenant: string): ListSource<Reservation, ReservationFilters, ReservationSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map((row) => shownReservation(toReservation(row))));
  }

  async find(tenant: string, id: string): Promise<StoredReservation | null> {
    const rows: ReservationRow[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM transactions.reservations WHERE tenant = $1 AND id = $2`,
      [tenant, id],
    );
    return rows[0] === undefined ? null : toReservation(rows[0]);
  }

  /** Those whose time is over, the longest so first. */
  async expired(now: Date, limit: number): Promise<StationRef[]> {
    return this.dataSource.query(
      `SELECT DISTINCT tenant, station FROM (SELECT tenant, station FROM transactions.reservations
         WHERE ended_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2) AS due`,
      [now, limit],
    );
  }

  /** Those that connected stations are to be asked about, with the version that they speak. */
  async due(now: Date, limit: number): Promise<DueReservation[]> {
    return this.dataSource.query(
      `SELECT r.tenant, r.station, r.id, p.protocol FROM transactions.reservations r
       JOIN transactions.presence p ON p.tenant = r.tenant AND p.station = r.station AND p.connected
       WHERE r.due_at <= $1 AND r.ended_at IS NULL ORDER BY r.due_at LIMIT $2`,
      [now, limit],
    );
  }

  /** The stations are connected again. */
  async onConnected(stations: readonly StationRef[], now: Date): Promise<void> {
    await this.dataSource.query(RETURNED, [stations.map(({ tenant }) => tenant), stations.map(({ station }) => station), now]);
  }

  /** Stations booted: what they hold is not known any more. */
  async askAgain(stations: readonly StationRef[], now: Date): Promise<void> {
    await this.dataSource.query(ASK_AGAIN, [stations.map(({ tenant }) => tenant), stations.map(({ station }) => station), now]);
  }
}

/** A reservation that its station is to be asked about. */
export interface DueReservation extends StationRef {
  id: string;
  protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';
}
