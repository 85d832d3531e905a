import { randomUUID } from 'node:crypto';
import type { CommandRequest, StationRef } from '@voltbus/contracts';
import type { LockedStation } from '../stations/typeorm-in-station';
import { changeRequest, placeFor } from './domain/availability';
import { nextStep, pauseAfter } from './domain/next-change';
import { AT_ONCE, MAX_PAGES, RESULT_TIMEOUT_MS, SETTLE_MS } from './limits';
import type { AvailabilityUnit, TypeormWantedAvailability } from './store/typeorm-wanted-availability';

/** Behind the commands of operators. */
const PRIORITY = 8;

interface AvailabilitySweepParts {
  store: Pick<TypeormWantedAvailability, 'candidates' | 'inStation'>;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/** A command that is to be sent. */
interface Due {
  id: string;
  payload: Record<string, unknown>;
}

/** Looks for stations that came back or have lost what they accepted (G03, G04; 1.6 section 5.2). */
export class AvailabilitySweep {
  /** The last station at which a look looked; null: the next one begins at the first. Many may be looked at and need nothing. */
  private reached: StationRef | null = null;

  constructor(private readonly parts: AvailabilitySweepParts) {}

  /** Sends what waits, and what stations have lost, to `AT_ONCE` stations. Returns at how many it looked. The next look goes on behind them. */
  async run(): Promise<number> {
    const now = this.parts.now();
    const before = (ms: number) => new Date(now.getTime() - ms);
    let [looked, sent] = [0, 0];
    for (let page = 0; page < MAX_PAGES && sent < AT_ONCE; page++) {
      const candidates = await this.parts.store.candidates({
        ...{ settledBefore: before(SETTLE_MS), lostBefore: before(RESULT_TIMEOUT_MS), now, after: this.reached, most: AT_ONCE },
      });
      this.reached = candidates.length < AT_ONCE ? null : (candidates.at(-1) ?? null);
      for (const ref of candidates) sent += (await this.sendDue(ref, now)) > 0 ? 1 : 0;
      looked += candidates.length;
      if (this.reached === null) break;
    }
    return looked;
  }

  private async sendDue(ref: StationRef, now: Date): Promise<number> {
    const due = (await this.parts.store.inStation(ref, (unit, station) => this.dueOf(unit, station, now))) ?? [];
    for (const { id, payload } of due)
      await this.parts.sendCommand({ id, ...ref, action: 'ChangeAvailability', payload, priority: PRIORITY, requestedBy: 'device-config' });
    return due.length;
  }

  private async dueOf(unit: AvailabilityUnit, { protocol, bootedAt, online }: LockedStation, now: Date): Promise<Due[]> {
    if (protocol === null || !online) return [];
    const [all, reported] = [await unit.wanted(), await unit.reported()];
    const due: Due[] = [];
    for (const wanted of all) {
      const step = nextStep(wanted, { all, reported, bootedAt, now });
      if (step === 'give-up') await unit.write({ ...wanted, state: 'failed', nextAt: null });
      if (step !== 'send') continue;
      const place = placeFor(protocol, wanted);
      const hasBooted = bootedAt !== null && wanted.sentAt !== null && bootedAt > wanted.sentAt;
      const tries = hasBooted ? 1 : wanted.tries + 1;
      const id = randomUUID();
      if (place.connector !== wanted.connector) await unit.remove(wanted); // it was wanted before the version was known
      await unit.write({
        ...wanted,
        ...place,
        state: 'sent',
        command: id,
        sentAt: now,
        answeredAt: null,
        tries,
        nextAt: new Date(now.getTime() + pauseAfter(tries)),
      });
      due.push({ id, payload: changeRequest(protocol, place, wanted.availability) });
    }
    return due;
  }
}
