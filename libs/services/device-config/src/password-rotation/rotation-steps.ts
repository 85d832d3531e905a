import type { SecurityEvent, StationRef } from '@voltbus/contracts';
import type { Evictions } from '../provisioning';
import type { SecurityEvents } from '../security-events';
import { isOpen, superseded, type Rotation, type Step } from './domain/rotation';
import { eventOf } from './domain/rotation-events';
import type { RotationUnit, TypeormPasswordRotations } from './store/typeorm-password-rotations';

interface RotationStepsParts {
  store: Pick<TypeormPasswordRotations, 'inStation'>;
  evictions: Pick<Evictions, 'of'>;
  events: Pick<SecurityEvents, 'count'>;
  /** A security event is stored, to be published. */
  wakeRelay(): void;
  now(): Date;
}

interface Stepped {
  rotation: Rotation;
  /** Gateways have to drop what they know of the station. */
  evicts: boolean;
  recorded: readonly SecurityEvent[];
}

/** Takes rotations from one state to the next. Everything that belongs to a step is stored in one database transaction. */
export class RotationSteps {
  constructor(private readonly parts: RotationStepsParts) {}

  /** One step of an open rotation; null: none is open, or `next` changes nothing. Of a station that was given another password, the rotation ends. */
  async of(ref: StationRef, next: (rotation: Rotation, now: Date) => Step | null): Promise<Rotation | null> {
    const { store, evictions, events, wakeRelay, now } = this.parts;
    const at = now();
    const stepped = await store.inStation(ref, async (unit, station, before): Promise<Stepped | null> => {
      if (before === null || !isOpen(before)) return null;
      if (station.rotation !== before.id) {
        await unit.write(superseded(before, at));
        return null;
      }
      const step = next(before, at);
      return step === null ? null : take({ ref, unit, before, now: at }, step);
    });
    if (stepped === null) return null;
    if (stepped.evicts) await evictions.of(ref);
    events.count(stepped.recorded);
    if (stepped.recorded.length > 0) wakeRelay();
    return stepped.rotation;
  }
}

interface OpenRotation {
  ref: StationRef;
  unit: RotationUnit;
  before: Rotation;
  now: Date;
}

/** Stores a step whole: the rotation, the passwords, the event, and what gateways must do. */
async function take({ ref, unit, before, now }: OpenRotation, { rotation, passwords, closes = false }: Step): Promise<Stepped> {
  await unit.write(rotation);
  await unit.settle(passwords);
  if (closes) await unit.outdate('credentials-changed');
  const event = rotation.state === before.state ? null : eventOf(ref, rotation, now);
  const recorded = event === null ? [] : await unit.record(event);
  return { rotation, evicts: closes || passwords !== 'both', recorded };
}
