import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { securityEventSchema, type SecurityEvent } from '@voltbus/contracts';
import { ApiList, ApiZodLines, ApiZodQuery, linesOf, Needs, OF_STATIONS, Tenant, zodQuery, type ListPage } from '@voltbus/http';
import { z } from 'zod';
import { securityEventFilters, securityEventList } from './security-event-list';
import { TypeormSecurityEvents } from './store/typeorm-security-events';

const filterSchema = z.object(securityEventFilters);

/** Security events of stations. */
@Controller('v1/security-events')
export class SecurityEventsController {
  constructor(private readonly securityEvents: TypeormSecurityEvents) {}

  @Get()
  @Needs('security-events:read', OF_STATIONS)
  @ApiList(securityEventList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(securityEventList.query)) query: z.output<typeof securityEventList.query>,
  ): Promise<ListPage<SecurityEvent>> {
    return securityEventList.page(query, this.securityEvents.list(tenant));
  }

  @Get('export')
  @Needs('security-events:read', OF_STATIONS)
  @ApiOperation({ operationId: 'exportSecurityEvents', summary: 'All security events, newest first: a JSON object a line' })
  @ApiZodQuery(filterSchema)
  @ApiZodLines(securityEventSchema, 'An event a line')
  export(@Tenant() tenant: string, @Query(zodQuery(filterSchema)) filters: z.output<typeof filterSchema>): StreamableFile {
    const newestFirst = { by: 'at', descending: true } as const;
    return linesOf(this.securityEvents.list(tenant), { filters, sort: newestFirst }, (event) => event);
  }
}
