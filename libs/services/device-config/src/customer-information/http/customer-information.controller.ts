import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { shownAs } from '@voltbus/database';
import {
  Actor,
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  OF_STATION,
  OF_STATIONS,
  StationParam,
  Tenant,
  ofItem,
  zodBody,
  zodQuery,
  type ListPage,
} from '@voltbus/http';
import type { z } from 'zod';
import { CustomerInformation } from '../customer-information';
import {
  askCustomerSchema,
  customerInformationList,
  customerInformationSchema,
  informationView,
  reportSchema,
  reportView,
} from './customer-information';

type View = z.output<typeof customerInformationSchema>;

/** About the request whose id the path names. */
const OF_REQUEST = ofItem<{ information: Pick<CustomerInformation, 'find'> }>(
  'request of customer information',
  ({ information }, tenant, id) => information.find(tenant, id),
);

/** What stations know of customers. */
@Controller('v1')
export class CustomerInformationController {
  constructor(private readonly information: CustomerInformation) {}

  /** It is asked at once where it is connected; else the request waits for it. */
  @Post('stations/:station/customer-information')
  @Audited({})
  @Needs('personal-data:write', OF_STATION)
  @HttpCode(202)
  @ApiOperation({ operationId: 'requestCustomerInformation', summary: 'Ask a station what it knows of a customer, or to forget it' })
  @ApiZodBody(askCustomerSchema)
  @ApiZodResponse(202, customerInformationSchema, 'It is followed by `GET /v1/customer-information/{id}`')
  async start(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Actor() actor: string,
    @Body(zodBody(askCustomerSchema)) wanted: z.output<typeof askCustomerSchema>,
  ): Promise<View> {
    return informationView(await this.information.request({ tenant, station }, wanted, actor));
  }

  @Get('customer-information')
  @Needs('personal-data:read', OF_STATIONS)
  @ApiOperation({ operationId: 'listCustomerInformation', summary: 'List what stations were asked about customers, newest first' })
  @ApiList(customerInformationList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(customerInformationList.query)) query: z.output<typeof customerInformationList.query>,
  ): Promise<ListPage<View>> {
    return customerInformationList.page(
      query,
      shownAs(this.information.list(tenant), (requests) => requests.map(informationView)),
    );
  }

  @Get('customer-information/:id')
  @Needs('personal-data:read', OF_REQUEST)
  @ApiZodResponse(200, customerInformationSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<View> {
    return informationView(await this.information.find(tenant, id));
  }

  @Get('customer-information/:id/report')
  @Needs('personal-data:read', OF_REQUEST)
  @ApiOperation({ operationId: 'getCustomerInformationReport', summary: 'What the station reported' })
  @ApiZodResponse(200, reportSchema)
  async report(@Tenant() tenant: string, @Param('id') id: string): Promise<z.output<typeof reportSchema>> {
    const request = await this.information.find(tenant, id);
    return reportView(request, await this.information.read(request));
  }

  /** What comes of it later is not kept either. */
  @Delete('customer-information/:id/report')
  @Audited({})
  @Needs('personal-data:write', OF_REQUEST)
  @HttpCode(204)
  @ApiOperation({ operationId: 'removeCustomerInformationReport', summary: 'Remove what the station reported' })
  async remove(@Tenant() tenant: string, @Param('id') id: string): Promise<void> {
    await this.information.remove(tenant, id);
  }

  @Post('customer-information/:id/cancel')
  @Audited({})
  @Needs('personal-data:write', OF_REQUEST)
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelCustomerInformation', summary: 'Cancel a request of customer information that has not ended' })
  @ApiZodResponse(200, customerInformationSchema)
  async cancel(@Tenant() tenant: string, @Param('id') id: string): Promise<View> {
    return informationView(await this.information.cancel(tenant, id));
  }
}
