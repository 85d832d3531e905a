import { isQuirkOn, quirkZone, type QuirkSettings, type SwitchableQuirk } from '@voltbus/contracts';
import { registerInWh, sampleInWh } from './kilowatt-hours';
import { localInstant, type LocalTimes } from './local-times';
import { withoutTotals } from './totals';

/** The payload as the quirks of its station have it, and `quirk-<name> /path` of each that changed something. */
interface ReadPayload {
  payload: unknown;
  notes: string[];
}

interface Reading {
  times: LocalTimes;
  kilowattHours: boolean;
  phasesOnly: boolean;
}

/** Frames are no deeper when they are parsed. */
const MAX_DEPTH = 32;

/**
 * Reads a payload by what is switched for its station, before it is checked: as the station means it, so that everything behind it is as of any other station.
 * Returns the payload itself where nothing changes. Total: whatever was written, it throws nothing.
 */
export function readQuirks(payload: unknown, quirks: QuirkSettings): ReadPayload {
  const zoneless = quirkZone(quirks, 'zoneless-times-are-local');
  const utc = quirkZone(quirks, 'utc-times-are-local');
  const reading = {
    times: { zoneless, utc },
    kilowattHours: isQuirkOn(quirks, 'energy-in-kwh'),
    phasesOnly: isQuirkOn(quirks, 'totals-are-wrong'),
  };
  if (zoneless === null && utc === null && !reading.kilowattHours && !reading.phasesOnly) return { payload, notes: [] };
  const walk = new Walk(reading);
  return { payload: walk.value(payload, '', 0), notes: [...walk.notes] };
}

class Walk {
  readonly notes = new Set<string>();

  constructor(private readonly reading: Reading) {}

  value(value: unknown, path: string, depth: number): unknown {
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
    if (Array.isArray(value)) return value.map((item) => this.value(item, `${path}/*`, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, this.member(name, member, { path: `${path}/${name}`, depth: depth + 1 })]),
    );
  }

  private member(name: string, member: unknown, { path, depth }: { path: string; depth: number }): unknown {
    if (name === 'sampledValue') return this.value(this.samples(member, path), path, depth);
    const wh = this.reading.kilowattHours && depth === 1 ? registerInWh(name, member) : null;
    if (wh !== null) return this.note('energy-in-kwh', path, wh);
    const instant = localInstant(name, member, this.reading.times);
    if (instant !== null)
      return this.note(/z\s*$/i.test(String(member)) ? 'utc-times-are-local' : 'zoneless-times-are-local', path, instant);
    return this.value(member, path, depth);
  }

  /** Some stations send one sampled value where a list of them belongs (rank 38). */
  private samples(given: unknown, path: string): unknown {
    if (!Array.isArray(given)) return this.sample(given, path);
    const left = this.reading.phasesOnly ? withoutTotals(given) : null;
    if (left !== null) this.notes.add(`quirk-totals-are-wrong ${path}`);
    return (left ?? given).map((sample: unknown) => this.sample(sample, `${path}/*`));
  }

  private sample(given: unknown, path: string): unknown {
    const wh =
      this.reading.kilowattHours && typeof given === 'object' && given !== null ? sampleInWh(given as Record<string, unknown>) : null;
    return wh === null ? given : this.note('energy-in-kwh', path, wh);
  }

  private note<T>(quirk: SwitchableQuirk, path: string, value: T): T {
    this.notes.add(`quirk-${quirk} ${path}`);
    return value;
  }
}
