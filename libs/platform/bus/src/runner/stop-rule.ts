/** A handler must fail at so many stations before their share is looked at. */
export const MIN_FAILING_KEYS = 10;
/** Share of the stations that a handler fails at, above which the fault is ours, where other tenants bear witness. */
const FAILING_SHARE = 0.5;
/** The same where all stations are of one tenant: one model's firmware may well be half of them. */
const FAILING_SHARE_OF_ONE_TENANT = 0.9;
/** Stations whose last outcome is remembered for each handler; beyond, the one handled longest ago is forgotten. */
export const MAX_OUTCOMES = 1_000;
/** The first stop is short, because it may be a passing fault; each that follows soon is twice as long, up to the last. */
export const FIRST_STOP_MS = 1_000;
export const LAST_STOP_MS = 300_000;

/** The last outcome of each key: true if it was a defect. */
type Outcomes = Map<string, boolean>;

/**
 * Judges whether a handler is broken: it fails at most of the stations that it has to do with, over several tenants. One
 * station, or one tenant among several, never stops a lane. Poison and records in quarantine do not count.
 */
export class StopRule {
  private readonly handlers = new Map<string, Outcomes>();

  handled(handler: string, key: string): void {
    this.remember(handler, key, false);
  }

  /** Returns true when consuming must stop. The handler is then judged anew. */
  countDefect(handler: string, key: string): boolean {
    const outcomes = this.remember(handler, key, true);
    const failing = [...outcomes].filter(([, failed]) => failed).map(([one]) => one);
    if (failing.length < MIN_FAILING_KEYS) return false;
    const tenants = tenantsOf(failing);
    if (tenants.size === 1 && this.seesOtherTenants(tenants)) return false;
    const share = tenants.size === 1 ? FAILING_SHARE_OF_ONE_TENANT : FAILING_SHARE;
    if (failing.length <= share * outcomes.size) return false;
    this.handlers.delete(handler);
    return true;
  }

  /** A key in quarantine bears no witness against a handler. */
  forget(key: string): void {
    for (const outcomes of this.handlers.values()) outcomes.delete(key);
  }

  private seesOtherTenants(tenants: ReadonlySet<string>): boolean {
    return [...this.handlers.values()].some((outcomes) => [...outcomes.keys()].some((key) => !tenants.has(tenantOf(key))));
  }

  private remember(handler: string, key: string, failed: boolean): Outcomes {
    const outcomes: Outcomes = this.handlers.get(handler) ?? new Map<string, boolean>();
    this.handlers.set(handler, outcomes);
    outcomes.delete(key);
    outcomes.set(key, failed);
    if (outcomes.size > MAX_OUTCOMES) {
      const [oldest] = outcomes.keys();
      if (oldest !== undefined) outcomes.delete(oldest);
    }
    return outcomes;
  }
}

/** How long to stop: `sinceMs` is the time since the last stop ended. */
export function nextStopMs(last: { lengthMs: number; sinceMs: number } | null): number {
  if (last === null || last.sinceMs > Math.max(last.lengthMs, FIRST_STOP_MS)) return FIRST_STOP_MS;
  return Math.min(last.lengthMs * 2, LAST_STOP_MS);
}

function tenantsOf(keys: readonly string[]): Set<string> {
  return new Set(keys.map(tenantOf));
}

/** Keys are `<tenant>/<station>`. */
function tenantOf(key: string): string {
  return key.split('/', 1)[0] ?? key;
}
