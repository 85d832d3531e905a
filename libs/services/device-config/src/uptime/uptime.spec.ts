import { deterministicId, type StationRef } from '@voltbus/contracts';
import { TestApp } from '@voltbus/http/testing';
import { startHttp, type HttpFixture } from '../testing/start-http';
import { startService, type ServiceFixture } from '../testing/start-service';
import { statusHistory } from '../status-history/block';
import type { HistoryReport } from '../status-history';
import { uptime } from './block';
import { beginningOf } from './domain/local-month';
import { countMinutes, type Fact, type Left } from './testing/uptime-oracle';
import type { TypeormPorts } from './store/typeorm-ports';
import type { Exclusion } from './store/typeorm-uptime-exclusions';
import { UptimeReports, type UptimeReport } from './uptime-reports';

const MINUTE = 60_000;
const MONTH = { year: 2026, month: 10 };
const ref = (station: string): StationRef => ({ tenant: 'default', station });
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'];

/** Numbers that are the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const addedUp = <K extends string>(one: Record<K, number>, other: Record<K, number>) =>
  Object.fromEntries(Object.entries<number>(one).map(([name, count]) => [name, count + other[name as K]])) as Record<K, number>;

describe('a report', () => {
  let service: ServiceFixture;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service?.close());

  const reportsOf = (now = new Date('2027-01-01T00:00:00Z')) => new UptimeReports({ ...service.service.storeOf(uptime), now: () => now });

  /** The same where a station's history is too long to be read at once, with the spans that were read. */
  async function monthByMonth(ports: Parameters<UptimeReports['of']>[1], readAtOnce: number): Promise<[UptimeReport[], number]> {
    const stores = service.service.storeOf(uptime);
    let reads = 0;
    const counted = {
      hasAtMost: (...given: Parameters<TypeormPorts['hasAtMost']>) => stores.ports.hasAtMost(...given),
      points: (...given: Parameters<TypeormPorts['points']>) => stores.ports.points(...given).finally(() => (reads += 1)),
    };
    const reports = new UptimeReports({ ...stores, ports: counted, readAtOnce, now: () => new Date('2027-01-01T00:00:00Z') });
    return [await reports.of('default', ports, MONTH), reads];
  }

  /** Facts of two months, with repetitions, overlapping faults, and several in one minute. */
  function randomFacts(random: (below: number) => number, [from, to]: readonly [number, number]): Fact[] {
    const statuses = ['Available', 'Available', 'Occupied', 'Charging', 'Faulted', 'Unavailable', 'Reserved'];
    return Array.from({ length: 160 }, (_, order): Fact => {
      const minute = from + random(to - from);
      const evse = 1 + random(2);
      const kind = random(10);
      if (kind < 2)
        return { minute, order, evse: 0, connector: 0, what: 'connection', component: '', value: random(2) === 0 ? 'online' : 'offline' };
      if (kind < 3) return { minute, order, evse: 0, connector: 0, what: 'status', component: '', value: statuses[random(7)] ?? '' };
      if (kind < 5)
        return {
          minute,
          order,
          evse,
          connector: random(3),
          what: 'problem',
          component: `C${random(2)}`,
          value: random(2) === 0 ? 'active' : 'over',
        };
      return { minute, order, evse, connector: 1 + random(2), what: 'status', component: '', value: statuses[random(7)] ?? '' };
    });
  }

  const asReport = (station: string, { minute, order, evse, connector, what, component, value }: Fact): HistoryReport => ({
    ...{ ...ref(station), evse, connector, kind: what, component, status: value, epoch: 1 },
    ...{ errorCode: null, vendorErrorCode: null, vendorId: null, info: null, stationTime: null },
    ...{ at: minute * MINUTE, receivedAt: Date.UTC(2026, 10, 20), id: deterministicId(station, order) },
  });

  function randomLeft(random: (below: number) => number, [from, to]: readonly [number, number]): Left[] {
    return Array.from({ length: 6 }, () => {
      const begins = from + random(to - from);
      return { from: begins, to: begins + 1 + random(4_000), evse: random(2) === 0 ? null : 1 + random(2), closed: random(3) === 0 };
    });
  }

  it.each(ZONES.flatMap((zone) => [1].map((seed) => [zone, seed] as const)))(
    'counts as plain arithmetic does, over a random history in %s (%d)',
    async (timeZone, seed) => {
      const random = seeded(seed * 7_919 + timeZone.length);
      const station = `${timeZone} ${seed}`;
      await service.stations.put(ref(station), {});
      const [before, begins, ends] = [9, 10, 11].map((month) => beginningOf({ year: 2026, month }, timeZone) / MINUTE) as [
        number,
        number,
        number,
      ];
      const facts = randomFacts(random, [before, ends + 1_000]);
      const left = randomLeft(random, [before, ends]);
      // in the order of the clock, but for the repetitions that come in between
      const sorted = [...facts].sort((one, other) => one.minute - other.minute || one.order - other.order);
      for (let at = 0; at < sorted.length; at += 40)
        await service.service.use(statusHistory).history.record(sorted.slice(at, at + 40).map((fact) => asReport(station, fact)));
      for (const [nth, one] of left.entries())
        await service.service.storeOf(uptime).exclusions.add('default', {
          ...{ station, evse: one.evse, note: null, createdBy: 'x', createdAt: new Date() },
          id: deterministicId(station, 'exclusion', nth),
          reason: one.closed ? 'outside-hours' : 'vandalism',
          ...{ from: new Date(one.from * MINUTE), to: new Date(one.to * MINUTE) },
        } satisfies Exclusion);
      const ports = [1, 2].map((evse) => ({ station, evse, evseId: null, group: null, timeZone }));
      const reports = await reportsOf().of('default', ports, MONTH);
      expect(reports).toHaveLength(2);
      const { count } = (
        await service.database.query(
          'SELECT count(*)::integer AS count FROM device_config.status_history WHERE station = $1 AND NOT superseded',
          [station],
        )
      )[0];
      expect(await monthByMonth(ports, count)).toEqual([reports, 1]);
      expect(await monthByMonth(ports, 0)).toEqual([reports, 12]);
      for (const { evse, totals, nevi, uk, span } of reports) {
        const month = countMinutes(facts, evse, [begins, ends], left);
        const earlier = countMinutes(facts, evse, [before, begins], left);
        const both = {
          total: addedUp(month.total, earlier.total),
          excluded: addedUp(month.excluded, earlier.excluded),
          closed: addedUp(month.closed, earlier.closed),
        };
        expect(inMinutes(totals)).toEqual(month);
        expect((span.to - span.from) / MINUTE).toBe(ends - begins);
        const outage = both.total.faulted + both.total.unavailable + both.total.offline;
        const excluded = both.excluded.faulted + both.excluded.unavailable + both.excluded.offline;
        expect(nevi).toMatchObject({ outageMinutes: outage, excludedMinutes: excluded });
        expect(nevi.uptimePercent).toBeCloseTo(((525_600 - (outage - excluded)) / 525_600) * 100, 9);
        const bad = both.total.faulted + both.total.unavailable - both.closed.faulted - both.closed.unavailable;
        expect(uk.assessedMinutes - uk.reliableMinutes).toBeCloseTo(bad, 6);
      }
    },
  );

  function inMinutes(totals: UptimeReport['totals']) {
    const minutes = (of: Record<string, number>) => Object.fromEntries(Object.entries(of).map(([name, ms]) => [name, ms / MINUTE]));
    return { total: minutes(totals.total), excluded: minutes(totals.excluded), closed: minutes(totals.closed) };
  }

  it.each([
    ['Europe/Berlin', '2026-10', 31 * 24 * 60 + 60],
    ['Europe/Berlin', '2026-03', 31 * 24 * 60 - 60],
    ['America/New_York', '2026-11', 30 * 24 * 60 + 60],
    ['Australia/Lord_Howe', '2026-04', 30 * 24 * 60 + 30],
    ['UTC', '2024-02', 29 * 24 * 60],
  ])('of %s in %s is %d minutes long', async (timeZone, text, length) => {
    const [year = 0, month = 0] = text.split('-').map(Number);
    const [report] = await reportsOf().of('default', [{ station: 'none', evse: 1, evseId: null, group: null, timeZone }], { year, month });
    expect(report?.totals.total).toMatchObject({ unknown: length * MINUTE, up: 0 });
  });

  it.each([
    ['a late fault between repetitions', 'A0 A10 F5 A20 A900'],
    ['a late fault, and nothing afterwards', 'A0 A10 F5'],
    ['two late faults, the earlier one last', 'A0 A10 F5 A20 F15 A900'],
    ['late faults of different kinds within each other', 'A0 A10 F5 U7 A20 A900'],
    ['a late one from before what was late', 'A0 A10 F5 A20 C900 F2'],
    ['a late fault before a change', 'A0 A10 C20 F5 C30 A40 A900'],
    ['a late end of a fault', 'F0 F10 A5 F20 F900'],
    ['a late fault, and the same fault again', 'A0 A10 F5 F30 A900'],
  ])('counts %s as if it had come in time, in one batch and in several', async (course, written) => {
    for (const size of [1, 20]) await countsCourse(`${course} ${size}`, written, size);
  });

  async function countsCourse(name: string, course: string, size: number): Promise<void> {
    await service.stations.put(ref(name), {});
    const begins = beginningOf(MONTH, 'UTC') / MINUTE;
    const words: Record<string, string> = { A: 'Available', F: 'Faulted', U: 'Unavailable', C: 'Charging' };
    const facts = course.split(' ').map((text, order): Fact => {
      const [minute, value] = [begins + Number(text.slice(1)), words[text.charAt(0)] ?? ''];
      return { minute, order, evse: 1, connector: 1, what: 'status', component: '', value };
    });
    for (let at = 0; at < facts.length; at += size)
      await service.service.use(statusHistory).history.record(facts.slice(at, at + size).map((fact) => asReport(name, fact)));
    const ports = [{ station: name, evse: 1, evseId: null, group: null, timeZone: null }];
    const [report] = await reportsOf().of('default', ports, MONTH);
    if (report === undefined) throw new Error('no report');
    const ends = beginningOf({ year: 2026, month: 11 }, 'UTC') / MINUTE;
    expect([name, inMinutes(report.totals)]).toEqual([name, countMinutes(facts, 1, [begins, ends], [])]);
  }

  it('knows the state that holds since years, and ends now where the month is not over', async () => {
    await service.stations.put(ref('old'), {});
    const fact = (value: string, minute: number): Fact => ({
      minute,
      order: minute,
      evse: 1,
      connector: 1,
      what: 'status',
      component: '',
      value,
    });
    const begins = beginningOf(MONTH, 'UTC') / MINUTE;
    await service.service.use(statusHistory).history.record([asReport('old', fact('Faulted', begins - 3 * 525_600))]);
    const ports = [{ station: 'old', evse: 1, evseId: null, group: null, timeZone: null }];
    const [report] = await reportsOf(new Date((begins + 90) * MINUTE)).of('default', ports, MONTH);
    expect(report?.totals.total).toMatchObject({ faulted: 90 * MINUTE, unknown: 0 });
    expect(report?.nevi.outageMinutes).toBe(334 * 1_440 + 90);
    expect(report?.uk.reliabilityPercent).toBe(0);
  });
});

describe('/v1/uptime', () => {
  let http: HttpFixture;
  beforeAll(async () => {
    http = await startHttp();
    await http.request('PUT', '/v1/stations/CS-1', { name: 'x', group: 'g', evseIds: [{ evse: 1, evseId: 'DE*ACM*E1' }] });
    await http.request('PUT', '/v1/stations/=CMD', {});
    for (const station of ['CS-1', '=CMD'])
      await http.service.states.report([
        {
          ...{ ...ref(station), evse: 1, connector: 1, status: 'Faulted', errorCode: 'GroundFailure' },
          ...{ vendorErrorCode: null, vendorId: null, info: null, epoch: 1, stationTime: null },
          ...{ id: deterministicId(station), at: Date.UTC(2026, 9, 31), receivedAt: Date.UTC(2026, 9, 31) },
        },
      ]);
  });
  afterAll(() => http?.close());

  it('shows each port, and what is excluded once an exclusion is made', async () => {
    const { body } = await http.request<{ items: object[] }>('GET', '/v1/uptime?month=2026-10&group=g');
    expect(body.items).toMatchObject([
      { station: 'CS-1', evse: 1, evseId: 'DE*ACM*E1', faultedMinutes: 1_440, excludedMinutes: 0, nevi: { uptimePercent: 99.726 } },
    ]);
    const exclusion = {
      station: 'CS-1',
      from: '2026-10-31T06:00:00Z',
      to: '2026-10-31T12:00:00Z',
      reason: 'vandalism',
      note: 'police report 7',
    };
    const made = await http.request<{ id: string }>('POST', '/v1/uptime-exclusions', exclusion);
    expect(made).toMatchObject({ status: 201, body: { station: 'CS-1', evse: null, createdBy: 'administrator' } });
    const after = await http.request<{ items: object[] }>('GET', '/v1/uptime?month=2026-10&station=CS-1');
    expect(after.body.items).toMatchObject([{ excludedMinutes: 360, nevi: { outageMinutes: 1_440, excludedMinutes: 360 } }]);
    expect((await http.request<{ items: object[] }>('GET', '/v1/uptime-exclusions?station=CS-1')).body.items).toHaveLength(1);
    expect((await http.request('DELETE', `/v1/uptime-exclusions/${made.body.id}`)).status).toBe(204);
    expect((await http.request('GET', `/v1/uptime-exclusions/${made.body.id}`)).status).toBe(404);
  });

  it('exports CSV, in which no name becomes a formula', async () => {
    const { payload, headers } = await http.app.app.inject({
      url: '/v1/uptime/export?month=2026-10',
      headers: { authorization: `Bearer ${TestApp.KEY}`, 'voltbus-tenant': 'default' },
    });
    expect(headers['content-type']).toContain('text/csv');
    const [header = '', ...lines] = payload.trimEnd().split('\r\n');
    const columns = header.split(',');
    expect(columns.slice(0, 3)).toEqual(['station', 'evse', 'evseId']);
    expect(columns).toContain('nevi.uptimePercent');
    expect(lines.map((line) => line.split(',')[0])).toEqual(["'=CMD", 'CS-1']);
    expect(lines[1]?.split(',')[columns.indexOf('faultedMinutes')]).toBe('1440');
  });

  it.each([
    ['GET', '/v1/uptime?month=2026-13', undefined, 400],
    ['GET', '/v1/uptime?month=2099-12', undefined, 422],
    [
      'POST',
      '/v1/uptime-exclusions',
      { station: 'none', from: '2026-10-01T00:00:00Z', to: '2026-10-02T00:00:00Z', reason: 'vandalism' },
      422,
    ],
    [
      'POST',
      '/v1/uptime-exclusions',
      { station: 'CS-1', from: '2026-10-02T00:00:00Z', to: '2026-10-02T00:00:00Z', reason: 'vandalism' },
      422,
    ],
    [
      'POST',
      '/v1/uptime-exclusions',
      { station: 'CS-1', from: '2026-10-01T00:00:00Z', to: '2026-10-02T00:00:00Z', reason: 'laziness' },
      422,
    ],
  ] as const)('%s %s %# is refused', async (method, url, body, status) => {
    expect((await http.request(method, url, body)).status).toBe(status);
  });
});
