import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { invalidAt } from '@voltbus/contracts';
import { shownAs, type ListSource } from '@voltbus/database';
import { ApiList, ApiZodCsv, ApiZodQuery, Tenant, csvOf, zodQuery, type ListPage, Needs, OF_STATIONS } from '@voltbus/http';
import { z } from 'zod';
import { formatMonth, lastWholeMonth, parseMonth } from '../domain/local-month';
import { TypeormPorts, type PortFilters, type PortSort } from '../store/typeorm-ports';
import { UptimeReports } from '../uptime-reports';
import { uptimeFilters, uptimeList, uptimeSchema, uptimeView } from './uptime-report';

type Shown = z.output<typeof uptimeSchema>;
const filterSchema = z.object(uptimeFilters);

/** How much of a month ports could be used. */
@Controller('v1/uptime')
export class UptimeController {
  constructor(
    private readonly ports: TypeormPorts,
    private readonly reports: UptimeReports,
  ) {}

  @Get()
  @Needs('uptime:read', OF_STATIONS)
  @ApiList(uptimeList)
  list(@Tenant() tenant: string, @Query(zodQuery(uptimeList.query)) query: z.output<typeof uptimeList.query>): Promise<ListPage<Shown>> {
    return uptimeList.page(query, this.source(tenant, query.month));
  }

  @Get('export')
  @Needs('uptime:read', OF_STATIONS)
  @ApiOperation({ operationId: 'exportUptime', summary: 'The report of uptime as CSV: a port a line' })
  @ApiZodQuery(filterSchema)
  @ApiZodCsv('A port a line, the names of the members in the first; members of `nevi` and `uk` as `nevi.uptimePercent`')
  export(@Tenant() tenant: string, @Query(zodQuery(filterSchema)) filters: z.output<typeof filterSchema>): StreamableFile {
    const byStation = { by: 'station', descending: false } as const;
    return csvOf(this.source(tenant, filters.month), { filters, sort: byStation }, { schema: uptimeSchema, view: (report) => report });
  }

  private source(tenant: string, month: string | undefined): ListSource<Shown, PortFilters, PortSort> {
    const now = new Date();
    const chosen = parseMonth(month ?? formatMonth(lastWholeMonth(now)));
    if (Date.UTC(chosen.year, chosen.month - 1, 1) - FURTHEST_EAST_MS > now.getTime()) throw invalidAt('/month', 'has not begun anywhere');
    return shownAs(this.ports.list(tenant), async (ports) => (await this.reports.of(tenant, ports, chosen)).map(uptimeView));
  }
}

const FURTHEST_EAST_MS = 14 * 3_600_000;
