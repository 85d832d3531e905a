import type { StationRef } from '@voltbus/contracts';
import type { Outbox } from '@voltbus/database';
import type { EntityManager } from 'typeorm';
import { tokenIdentity } from '../../authorization';
import type { StoredReservation } from '../domain/reservation';
import { reservationPublished } from '../reservation-published';
import { COLUMNS, toReservation, type ReservationRow } from './reservation-row';

const INSERT = `
INSERT INTO transactions.reservations (tenant, id, station, reservation_id, evse, connector_type, id_token, token, group_id, state, answer,
  cancellation, station_update, created_at, expires_at, ended_at, transaction, command, cancel_command, due_at, changes)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`;

const UPDATE = `
UPDATE transactions.reservations SET state = $3, answer = $4, cancellation = $5, station_update = $6, ended_at = $7, transaction = $8,
  command = $9, cancel_command = $10, due_at = $11, changes = $12
WHERE tenant = $1 AND id = $2`;

/** The reservations of one station within its database transaction. */
export class ReservationUnit {
  constructor(
    readonly manager: EntityManager,
    private readonly ref: StationRef,
    private readonly outbox: Outbox,
  ) {}

  /** Those that are not over. */
  live(): Promise<StoredReservation[]> {
    return this.select('ended_at IS NULL');
  }

  /**
   * What a session may have used: the reservation of that number, and those that expired no earlier than that and are the session's own, or nobody's and
   * not cancelled or refused; the likeliest first.
   */
  usable(
    { since, reservationId, transaction }: { since: Date; reservationId: number | null; transaction: string },
    limit: number,
  ): Promise<StoredReservation[]> {
    return this.select(
      `(reservation_id = $4 OR (expires_at > $3
         AND (transaction = $5 OR (transaction IS NULL AND (ended_at IS NULL OR state IN ('expired', 'removed'))))))`,
      [since, reservationId, transaction],
      `ORDER BY reservation_id = $4 DESC NULLS LAST, transaction = $5 DESC NULLS LAST, ended_at IS NULL DESC, expires_at DESC LIMIT ${limit}`,
    );
  }

  async find(id: string): Promise<StoredReservation | null> {
    return (await this.select('id = $3', [id]))[0] ?? null;
  }

  async byNumber(reservationId: number): Promise<StoredReservation | null> {
    return (await this.select('reservation_id = $3', [reservationId]))[0] ?? null;
  }

  /** The one that a command was sent for. */
  async byCommand(command: string): Promise<StoredReservation | null> {
    return (await this.select('(command = $3 OR cancel_command = $3)', [command]))[0] ?? null;
  }

  /** Whether the station has been given that number. */
  async isTaken(reservationId: number): Promise<boolean> {
    return (await this.byNumber(reservationId)) !== null;
  }

  async add(reservation: StoredReservation, at: Date): Promise<void> {
    const { tenant, id, station, reservationId, evse, connectorType, idToken, groupId, state, answer, cancellation } = reservation;
    const { update, createdAt, expiresAt, endedAt, transaction, command, cancelCommand, dueAt, changes } = reservation;
    const place = [tenant, id, station, reservationId, evse, connectorType, idToken, tokenIdentity(idToken), groupId];
    const stand = [state, answer, cancellation, update, createdAt, expiresAt, endedAt, transaction, command, cancelCommand, dueAt, changes];
    await this.manager.query(INSERT, [...place, ...stand]);
    await this.outbox.add(this.manager, [reservationPublished(reservation, at)]);
  }

  /** Publishes the change where others can see it. Returns the reservation as it is stored. */
  async save(before: StoredReservation, after: StoredReservation, at: Date): Promise<StoredReservation> {
    const shown = before.state !== after.state || before.answer !== after.answer || before.cancellation !== after.cancellation;
    const saved = { ...after, changes: before.changes + (shown ? 1 : 0) };
    const { tenant, id, state, answer, cancellation, update, endedAt, transaction, command, cancelCommand, dueAt, changes } = saved;
    const values = [tenant, id, state, answer, cancellation, update, endedAt, transaction, command, cancelCommand, dueAt, changes];
    await this.manager.query(UPDATE, values);
    if (shown) await this.outbox.add(this.manager, [reservationPublished(saved, at)]);
    return saved;
  }

  private async select(where: string, values: readonly unknown[] = [], order = ''): Promise<StoredReservation[]> {
    const rows: ReservationRow[] = await this.manager.query(
      `SELECT ${COLUMNS} FROM transactions.reservations WHERE tenant = $1 AND station = $2 AND ${where} ${order}`,
      [this.ref.tenant, this.ref.station, ...values],
    );
    return rows.map(toReservation);
  }
}
