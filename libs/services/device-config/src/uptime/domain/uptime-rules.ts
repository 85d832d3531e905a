import type { OutageTotals } from './outage-totals';
import type { Condition } from './port-state';

/** Minutes of a year, as 23 CFR 680.116(b)(3) has them, also in a leap year. */
const MINUTES_OF_YEAR = 525_600;
const MINUTE_MS = 60_000;

/** Uptime by 23 CFR 680.116(b). */
export interface NeviUptime {
  /** T_outage: not online and available for use, or in use. */
  outageMinutes: number;
  /** T_excluded: the part of it that an exclusion covers. */
  excludedMinutes: number;
  /** 0 to 100. */
  uptimePercent: number;
}

const OUTAGES: readonly Condition[] = ['faulted', 'unavailable', 'offline'];

/** `totals`: of the twelve months before the end of the month that is reported. */
export function neviUptime({ total, excluded }: OutageTotals): NeviUptime {
  const sum = (of: Record<Condition, number>) => OUTAGES.reduce((minutes, condition) => minutes + of[condition] / MINUTE_MS, 0);
  const [outageMinutes, excludedMinutes] = [sum(total), sum(excluded)];
  const counted = Math.min(outageMinutes - excludedMinutes, MINUTES_OF_YEAR); // a leap year has more
  return { outageMinutes, excludedMinutes, uptimePercent: (100 * (MINUTES_OF_YEAR - counted)) / MINUTES_OF_YEAR };
}

/** Reliability by regulation 7 of SI 2023/1168. The requirement is about the average of a network: sums of these over its rapid charge points. */
export interface UkReliability {
  assessedMinutes: number;
  reliableMinutes: number;
  /** 0 to 100; null: nothing is assessed. */
  reliabilityPercent: number | null;
}

/** Inoperative and out of order are not reliable; unknown is "ineligible for measurement" and counts as reliable (7(3)(b)). Hours without access do not count (7(5)). */
export function ukReliability({ total, closed }: OutageTotals): UkReliability {
  const minutes = (condition: Condition) => (total[condition] - closed[condition]) / MINUTE_MS;
  const reliableMinutes = minutes('up') + minutes('offline') + minutes('unknown');
  const assessedMinutes = reliableMinutes + minutes('faulted') + minutes('unavailable');
  return {
    assessedMinutes,
    reliableMinutes,
    reliabilityPercent: assessedMinutes === 0 ? null : (100 * reliableMinutes) / assessedMinutes,
  };
}
