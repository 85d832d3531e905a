import type { StationRef } from '@voltbus/contracts';
import { addMonths, beginningOf, formatMonth, type Month } from './domain/local-month';
import { NO_TIME, sumOf, totalsOf, type OutageTotals, type Span } from './domain/outage-totals';
import { UNKNOWN_PORT, type PortState, type StatePoint } from './domain/port-state';
import { neviUptime, ukReliability, type NeviUptime, type UkReliability } from './domain/uptime-rules';
import { MAX_READ_AT_ONCE } from './limits';
import type { Port, TypeormPorts } from './store/typeorm-ports';
import type { TypeormUptimeExclusions } from './store/typeorm-uptime-exclusions';

/** Months that 23 CFR 680.116(b)(2) looks back, its own among them. */
const NEVI_MONTHS = 12;
/** Where a station has no time zone. */
const USUAL_ZONE = 'UTC';

/** How much of a month a port could be used. */
export interface UptimeReport extends Omit<Port, 'timeZone'> {
  month: string;
  timeZone: string;
  span: Span;
  totals: OutageTotals;
  /** Of the twelve months to the end of this one. */
  nevi: NeviUptime & Span;
  /** Of its calendar year to the end of this month. */
  uk: UkReliability & Span;
}

interface UptimeReportsParts {
  ports: Pick<TypeormPorts, 'hasAtMost' | 'points'>;
  exclusions: Pick<TypeormUptimeExclusions, 'within'>;
  now(): Date;
  /** Entries of a station that are read at once; `MAX_READ_AT_ONCE` where it is left out. */
  readAtOnce?: number;
}

/** Reports of uptime of ports. */
export class UptimeReports {
  constructor(private readonly parts: UptimeReportsParts) {}

  /** Of each port, in their order. A month that is not over ends now. */
  async of(tenant: string, ports: readonly Port[], month: Month): Promise<UptimeReport[]> {
    const reports: UptimeReport[] = [];
    for (const station of new Set(ports.map((port) => port.station))) {
      const own = ports.filter((port) => port.station === station);
      reports.push(...(await this.ofStation({ tenant, station }, own, month)));
    }
    const byPort = new Map(reports.map((report) => [`${report.evse} ${report.station}`, report]));
    return ports.flatMap(({ evse, station }) => byPort.get(`${evse} ${station}`) ?? []);
  }

  private async ofStation(ref: StationRef, ports: readonly Port[], month: Month): Promise<UptimeReport[]> {
    const timeZone = ports[0]?.timeZone ?? USUAL_ZONE;
    const months = Array.from({ length: NEVI_MONTHS }, (_, nth) => addMonths(month, nth + 1 - NEVI_MONTHS));
    const spans = months.map((one) => this.spanOf(one, timeZone));
    const first = spans[0]?.from ?? 0;
    const last = spans.at(-1) ?? { from: first, to: first };
    const exclusions = await this.parts.exclusions.within(ref, { from: first, to: last.to });
    const states = new Map<number, PortState>();
    const totals = new Map<number, OutageTotals[]>(ports.map(({ evse }) => [evse, []]));
    for await (const [span, points] of this.pointsOf(ref, spans)) {
      for (const { evse } of ports) {
        const own = exclusions.filter((exclusion) => exclusion.evse === null || exclusion.evse === evse);
        const counted = totalsOf(evse, { state: states.get(evse) ?? UNKNOWN_PORT, points, span, exclusions: own });
        states.set(evse, counted.state);
        totals.get(evse)?.push(counted.totals);
      }
    }
    return ports.map((port) => reportOf({ ...port, timeZone }, { month, spans, totals: totals.get(port.evse) ?? [] }));
  }

  /** What was reported within each of the spans, which follow each other: in one query where that is not too much. */
  private async *pointsOf(ref: StationRef, spans: readonly Span[]): AsyncGenerator<[Span, readonly StatePoint[]]> {
    const { ports, readAtOnce = MAX_READ_AT_ONCE } = this.parts;
    const all: Span = { from: spans[0]?.from ?? 0, to: spans.at(-1)?.to ?? 0 };
    const points = (await ports.hasAtMost(ref, all, readAtOnce)) ? await ports.points(ref, all) : null;
    let next = 0;
    for (const span of spans) {
      if (points === null) yield [span, await ports.points(ref, span)];
      else {
        const begin = next;
        while ((points[next]?.at ?? Infinity) < span.to) next += 1;
        yield [span, points.slice(begin, next)];
      }
    }
  }

  private spanOf(month: Month, timeZone: string): Span {
    const from = beginningOf(month, timeZone);
    const to = Math.min(beginningOf(addMonths(month, 1), timeZone), this.parts.now().getTime());
    return { from, to: Math.max(from, to) };
  }
}

function reportOf(
  port: Port & { timeZone: string },
  { month, spans, totals }: { month: Month; spans: readonly Span[]; totals: readonly OutageTotals[] },
): UptimeReport {
  const sumFrom = (nth: number) => totals.slice(nth).reduce(sumOf, NO_TIME);
  const spanFrom = (nth: number): Span => ({ from: spans[nth]?.from ?? 0, to: spans.at(-1)?.to ?? 0 });
  const january = spans.length - month.month;
  return {
    ...port,
    month: formatMonth(month),
    span: spanFrom(spans.length - 1),
    totals: totals.at(-1) ?? NO_TIME,
    nevi: { ...neviUptime(sumFrom(0)), ...spanFrom(0) },
    uk: { ...ukReliability(sumFrom(january)), ...spanFrom(january) },
  };
}
