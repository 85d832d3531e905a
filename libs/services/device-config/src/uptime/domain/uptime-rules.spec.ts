import { NO_TIME, type OutageTotals } from './outage-totals';
import { neviUptime, ukReliability } from './uptime-rules';

const MINUTE = 60_000;
const totals = (total: object, excluded: object = {}, closed: object = {}): OutageTotals => {
  const inMs = (given: object) => Object.fromEntries(Object.entries(given).map(([name, minutes]) => [name, Number(minutes) * MINUTE]));
  return {
    total: { ...NO_TIME.total, ...inMs(total) },
    excluded: { ...NO_TIME.excluded, ...inMs(excluded) },
    closed: { ...NO_TIME.closed, ...inMs(closed) },
  };
};

/** Worked by hand: 97 % of 525,600 minutes is 509,832, so that 15,768 minutes may be lost. */
it.each([
  [totals({ up: 525_600 }), 0, 0, 100],
  [totals({ up: 509_832, faulted: 15_768 }), 15_768, 0, 97],
  [totals({ faulted: 10_000, unavailable: 5_000, offline: 768 }), 15_768, 0, 97],
  [totals({ unavailable: 20_000, up: 1 }, { unavailable: 20_000, up: 1 }), 20_000, 20_000, 100],
  [totals({ unknown: 500_000, up: 25_600 }), 0, 0, 100],
  [totals({ offline: 527_040 }), 527_040, 0, 0], // all of a leap year
])('23 CFR 680.116(b)(3) %#', (of, outageMinutes, excludedMinutes, uptimePercent) => {
  expect(neviUptime(of)).toEqual({ outageMinutes, excludedMinutes, uptimePercent });
});

it.each([
  [totals({ up: 990, faulted: 10 }), 1_000, 990, 99],
  [totals({ up: 500, offline: 300, unknown: 190, unavailable: 10 }), 1_000, 990, 99],
  [totals({ up: 600, faulted: 400 }, { faulted: 400 }), 1_000, 600, 60], // maintenance is no excuse here
  [totals({ up: 600, faulted: 400 }, { faulted: 400 }, { up: 100, faulted: 400 }), 500, 500, 100],
  [totals({}), 0, 0, null],
])('SI 2023/1168 regulation 7 %#', (of, assessedMinutes, reliableMinutes, reliabilityPercent) => {
  expect(ukReliability(of)).toEqual({ assessedMinutes, reliableMinutes, reliabilityPercent });
});
