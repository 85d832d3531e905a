import type { SecurityEvent, StationRef } from '@voltbus/contracts';
import type { SecurityEvents } from '../security-events';
import { isOpen, isWatched, type Upgrade } from './domain/upgrade';
import { eventOf } from './domain/upgrade-events';
import type { UpgradingStation } from './domain/upgrading-station';
import type { TypeormUpgrades } from './store/typeorm-upgrades';

interface UpgradeStepsParts {
  store: Pick<TypeormUpgrades, 'inStation'>;
  events: Pick<SecurityEvents, 'count'>;
  /** A security event is stored, to be published. */
  wakeRelay(): void;
  now(): Date;
}

type Next = (upgrade: Upgrade, station: UpgradingStation, now: Date) => Upgrade;

interface Stepped {
  upgrade: Upgrade;
  recorded: readonly SecurityEvent[];
}

/** Takes upgrades from one state to the next. What belongs to a step is stored in one database transaction. */
export class UpgradeSteps {
  constructor(private readonly parts: UpgradeStepsParts) {}

  /** One step of an open upgrade; null: none is open, or `next` changes nothing. */
  of(ref: StationRef, next: Next): Promise<Upgrade | null> {
    return this.step(ref, isOpen, next);
  }

  /** The same of one that is over, and that the station may still come to. */
  ofWatched(ref: StationRef, next: Next): Promise<Upgrade | null> {
    return this.step(ref, isWatched, next);
  }

  private async step(ref: StationRef, concerns: (upgrade: Upgrade) => boolean, next: Next): Promise<Upgrade | null> {
    const { store, events, wakeRelay, now } = this.parts;
    const at = now();
    const stepped = await store.inStation(ref, at, async (unit, station, before): Promise<Stepped | null> => {
      if (before === null || !concerns(before)) return null;
      const upgrade = next(before, station, at);
      if (upgrade === before) return null;
      await unit.write(upgrade);
      const event = upgrade.state === before.state ? null : eventOf(ref, upgrade, at);
      return { upgrade, recorded: event === null ? [] : await unit.record(event) };
    });
    if (stepped === null) return null;
    events.count(stepped.recorded);
    if (stepped.recorded.length > 0) wakeRelay();
    return stepped.upgrade;
  }
}
