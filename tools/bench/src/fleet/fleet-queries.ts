import { alertFindings, type AlertRule } from '@voltbus/service-device-config';
import { openDatabase } from '@voltbus/database';
import type { FleetApi } from './fleet-api';
import { TENANT } from './fleet-rows';

/** Each query is made so often, of another station each time, after a few that are not counted. */
const TIMES = 100;
const WARM_UP = 5;

/** What one query took, milliseconds. */
export interface QueryTime {
  query: string;
  /** A route of the API, or the work of a job in the background. */
  kind: 'route' | 'job';
  times: number;
  p50: number;
  p95: number;
  longest: number;
}

/** Routes, with a station or a number of the fleet put in. */
const ROUTES: Readonly<Record<string, (station: string, nth: number) => string>> = {
  'one tenant, for comparison': () => `tenants/${TENANT}`,
  'stations, a page': () => 'stations?limit=50',
  'stations, a page with the total': () => 'stations?limit=50&total=true',
  'stations, `search`': (_, nth) => `stations?limit=50&search=fleet-0${nth % 10}`,
  'stations, `search` without a match': (_, nth) => `stations?limit=50&search=none-${nth}`,
  'stations, `group`': (_, nth) => `stations?limit=50&group=GROUP-${nth % 100}`,
  'stations, `model` and `online`': () => 'stations?limit=50&model=two&online=true',
  'stations, `online=false`': () => 'stations?limit=50&online=false',
  'stations, `status`': () => 'stations?limit=50&status=Faulted',
  'stations, by name': () => 'stations?limit=50&sort=-name',
  'one station': (station) => `stations/${station}`,
  'variables of a station': (station) => `stations/${station}/variables?limit=50`,
  'variables, `component`': (station, nth) => `stations/${station}/variables?limit=50&component=component${nth % 30}`,
  'variables, `key`': (station, nth) => `stations/${station}/variables?limit=50&key=vendorkey${nth}`,
  'variables, `search` with the total': (station) => `stations/${station}/variables?limit=50&search=value&total=true`,
  'variables, `writable`': (station) => `stations/${station}/variables?limit=50&writable=true&sort=variable`,
  'configuration of a station with its differences': (station) => `stations/${station}/configuration`,
  'stations that differ from their profiles': () => 'station-configurations?limit=50&state=pending',
  'stations that differ, those checked last': () => 'station-configurations?limit=50&sort=-checkedAt',
  'status history of a station': (station) => `stations/${station}/status-history?limit=50`,
  'uptime of a station': (station) => `uptime?station=${station}`,
  'uptime, a page of 10 stations': () => 'uptime?limit=10',
  'open alerts': () => 'alerts?open=true&limit=50',
};

const RULE: AlertRule = {
  ...{ rule: 'bench', description: null, enabled: true, kind: 'offline', groups: [] },
  ...{ minutes: 10, days: 7, usualSessions: 3, severity: 4 },
};

/** Queries of the API and of jobs, each of many stations, one after the other. */
export async function measureQueries(api: FleetApi, databaseUrl: string, stations: number): Promise<QueryTime[]> {
  const results: QueryTime[] = [];
  for (const [query, path] of Object.entries(ROUTES)) {
    const measured = await timesOf((nth) => {
      const number = (nth * 7_919) % stations; // a prime: far apart, and none twice
      return api.get(path(`fleet-${String(number).padStart(5, '0')}`, nth));
    });
    results.push({ query, kind: 'route', ...measured });
  }
  const database = await openDatabase({ url: databaseUrl, schema: 'device_config', migrations: [] });
  try {
    const findings = alertFindings(database);
    for (const kind of ['offline', 'fault', 'monitor', 'no-session'] as const)
      results.push({
        query: `alert rule \`${kind}\``,
        kind: 'job',
        ...(await timesOf(() => findings.find(TENANT, { ...RULE, kind }, new Date()))),
      });
  } finally {
    await database.destroy();
  }
  return results;
}

async function timesOf(query: (nth: number) => Promise<unknown>): Promise<Omit<QueryTime, 'query' | 'kind'>> {
  const times: number[] = [];
  for (let nth = 0; nth < WARM_UP + TIMES; nth++) {
    const begin = performance.now();
    await query(nth);
    if (nth >= WARM_UP) times.push(performance.now() - begin);
  }
  times.sort((one, other) => one - other);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  return { times: times.length, p50: at(0.5), p95: at(0.95), longest: at(1) };
}
