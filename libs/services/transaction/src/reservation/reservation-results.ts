import { commandOutcome, isOcppInteger, type Command, type CommandOutcome, type StationRef } from '@voltbus/contracts';
import type { TransactionTelemetry } from '../telemetry';
import { afterCancel, afterDeletion, afterExpiry, afterReserve, afterUpdate, type StoredReservation } from './domain/reservation';
import { EARLY_MS, MAX_SWEPT } from './limits';
import type { ReservationUnit } from './store/typeorm-reservation-unit';
import type { TypeormReservations } from './store/typeorm-reservations';

interface ReservationResultsParts {
  store: TypeormReservations;
  telemetry: TransactionTelemetry;
  now(): Date;
}

export const RESERVATION_ACTIONS: readonly string[] = ['ReserveNow', 'CancelReservation'];

type Change = (reservation: StoredReservation, at: number) => StoredReservation | null;

/** What becomes of reservations: by the answers and reports of their stations, and by time. */
export class ReservationResults {
  constructor(private readonly parts: ReservationResultsParts) {}

  /** The end of a command, also of one that an operator sent by hand: that can cancel a reservation, but make none. */
  async onEnded(command: Command): Promise<void> {
    const { id, tenant, station, action, payload } = command;
    const outcome = commandOutcome(command);
    await this.change({ tenant, station }, async (unit) => {
      const own = await unit.byCommand(id);
      if (own !== null) return [own, (one, at) => (one.command === id ? afterReserve(one, outcome, at) : afterCancel(one, outcome, at))];
      const { reservationId } = payload as { reservationId?: unknown };
      if (action !== 'CancelReservation' || !isOcppInteger(reservationId) || outcome.text !== 'Accepted') return null;
      const named = await unit.byNumber(reservationId);
      return named === null ? null : [named, (one, at) => afterCancel(one, outcome, at)];
    });
  }

  /** Its command was refused before it was stored: the station never gets it. */
  async notTaken(ref: StationRef, id: string, code: string): Promise<void> {
    const outcome: CommandOutcome = { kind: 'error', text: code };
    await this.change(ref, async (unit) => {
      const known = await unit.find(id);
      if (known === null) return null;
      return [known, (one, at) => (one.state === 'cancelling' ? afterCancel(one, outcome, at) : afterReserve(one, outcome, at))];
    });
  }

  /** A station reports that a reservation is over. False where it has none of that number. */
  async onUpdate(
    ref: StationRef,
    reservationId: number,
    status: 'Expired' | 'Removed' | 'NoTransaction',
    receivedAt: Date,
  ): Promise<boolean> {
    let isKnown = false;
    await this.change(ref, async (unit) => {
      const known = isOcppInteger(reservationId) ? await unit.byNumber(reservationId) : null;
      isKnown = known !== null;
      return known === null ? null : [known, (one) => afterUpdate(one, status, { at: receivedAt.getTime(), earlyMs: EARLY_MS })];
    });
    return isKnown;
  }

  /** Ends what nobody used in time. Returns at how many stations. */
  async expire(): Promise<number> {
    const { store, now } = this.parts;
    const stations = await store.expired(now(), MAX_SWEPT);
    for (const ref of stations) await this.changeAll(ref, afterExpiry);
    return stations.length;
  }

  onStationDeleted(ref: StationRef): Promise<void> {
    return this.changeAll(ref, afterDeletion);
  }

  private async change(
    ref: StationRef,
    find: (unit: ReservationUnit) => Promise<readonly [StoredReservation, Change] | null>,
  ): Promise<void> {
    const { store, telemetry, now } = this.parts;
    const saved = await store.inStation(ref, async (unit) => {
      const found = await find(unit);
      const at = now();
      const changed = found === null ? null : found[1](found[0], at.getTime());
      return found === null || changed === null ? null : { before: found[0], after: await unit.save(found[0], changed, at) };
    });
    if (saved !== null && saved.before.state !== saved.after.state) telemetry.reservationChanged(saved.after);
  }

  private async changeAll(ref: StationRef, change: Change): Promise<void> {
    const { store, telemetry, now } = this.parts;
    const ended = await store.inStation(ref, async (unit) => {
      const at = now();
      const changed: StoredReservation[] = [];
      for (const before of await unit.live()) {
        const after = change(before, at.getTime());
        if (after !== null) changed.push(await unit.save(before, after, at));
      }
      return changed;
    });
    for (const reservation of ended) telemetry.reservationChanged(reservation);
  }
}
