import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { deviceEventSchema, type Alert, type DeviceEvent } from '@voltbus/contracts';
import { ApiList, ApiZodLines, ApiZodQuery, Tenant, linesOf, zodQuery, type ListPage, Needs, OF_STATIONS } from '@voltbus/http';
import { z } from 'zod';
import { TypeormDeviceEvents } from '../store/typeorm-device-events';
import { alertList, deviceEventFilters, deviceEventList } from './device-event-list';

const filterSchema = z.object(deviceEventFilters);

/** What stations tell of their components. */
@Controller('v1/device-events')
export class DeviceEventsController {
  constructor(private readonly events: TypeormDeviceEvents) {}

  @Get()
  @Needs('alerts:read', OF_STATIONS)
  @ApiList(deviceEventList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(deviceEventList.query)) query: z.output<typeof deviceEventList.query>,
  ): Promise<ListPage<DeviceEvent>> {
    return deviceEventList.page(query, this.events.listEvents(tenant));
  }

  @Get('export')
  @Needs('alerts:read', OF_STATIONS)
  @ApiOperation({ operationId: 'exportDeviceEvents', summary: 'All events of stations, newest first: a JSON object a line' })
  @ApiZodQuery(filterSchema)
  @ApiZodLines(deviceEventSchema, 'An event a line')
  export(@Tenant() tenant: string, @Query(zodQuery(filterSchema)) filters: z.output<typeof filterSchema>): StreamableFile {
    return linesOf(this.events.listEvents(tenant), { filters, sort: { by: 'at', descending: true } }, (event) => event);
  }
}

/** What is wrong with components of stations. */
@Controller('v1/alerts')
export class AlertsController {
  constructor(private readonly events: TypeormDeviceEvents) {}

  @Get()
  @Needs('alerts:read', OF_STATIONS)
  @ApiList(alertList)
  list(@Tenant() tenant: string, @Query(zodQuery(alertList.query)) query: z.output<typeof alertList.query>): Promise<ListPage<Alert>> {
    return alertList.page(query, this.events.listAlerts(tenant));
  }
}
