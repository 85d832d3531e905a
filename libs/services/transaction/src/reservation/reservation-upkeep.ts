import { randomUUID } from 'node:crypto';
import type { CommandRequest, StationRef } from '@voltbus/contracts';
import type { StationMessage } from '@voltbus/service';
import type { TypeormTokens } from '../authorization';
import { isLive } from './domain/reservation';
import { MAX_SWEPT, RESEND_MS } from './limits';
import { cancelReservation, reserveNow } from './reservation-commands';
import type { ReservationResults } from './reservation-results';
import type { DueReservation, TypeormReservations } from './store/typeorm-reservations';

interface ReservationUpkeepParts {
  store: TypeormReservations;
  results: Pick<ReservationResults, 'expire'>;
  tokens: Pick<TypeormTokens, 'find'>;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/** As the commands of operators: a driver waits. */
const PRIORITY = 5;

/**
 * Ends reservations in time, and asks stations again that may have lost one: after a boot, and after a command whose outcome
 * nobody knows. Such a request has the same id, and replaces what the station has (H01.FR.02).
 */
export class ReservationUpkeep {
  constructor(private readonly parts: ReservationUpkeepParts) {}

  /** Returns how many stations were asked. */
  async sweep(): Promise<number> {
    const { store, results, now } = this.parts;
    await results.expire();
    const due = await store.due(now(), MAX_SWEPT);
    for (const reservation of due) await this.ask(reservation);
    return due.length;
  }

  /** OCPP does not demand that a station keeps reservations over a boot. */
  async onBoots(boots: readonly StationMessage[]): Promise<void> {
    await this.parts.store.askAgain(
      boots.map(({ ref }) => ref),
      this.parts.now(),
    );
  }

  private async ask({ tenant, station, id, protocol }: DueReservation): Promise<void> {
    const { store, tokens, sendCommand, now } = this.parts;
    const ref: StationRef = { tenant, station };
    const command = randomUUID();
    const at = now();
    // the new command is stored first, so that its end finds the reservation; a crash between the two asks once more
    const reservation = await store.inStation(ref, async (unit) => {
      const before = await unit.find(id);
      if (before === null || !isLive(before)) return null;
      const sent = before.state === 'cancelling' ? { cancelCommand: command } : { command };
      return unit.save(before, { ...before, ...sent, dueAt: new Date(at.getTime() + RESEND_MS).toISOString() }, at);
    });
    if (reservation === null) return;
    const token = reservation.state === 'cancelling' ? null : await tokens.find(tenant, reservation.idToken);
    const call = reservation.state === 'cancelling' ? cancelReservation(reservation) : reserveNow(protocol, reservation, token);
    await sendCommand({ id: command, ...ref, ...call, priority: PRIORITY, requestedBy: 'transaction' });
  }
}
