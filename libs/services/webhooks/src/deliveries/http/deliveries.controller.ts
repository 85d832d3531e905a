import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { ApiList, ApiZodBody, ApiZodResponse, isUuid, Needs, OF_TENANT, Tenant, zodBody, zodQuery, type ListPage } from '@voltbus/http';
import { z } from 'zod';
import { Replays } from '../replays';
import { TypeormDeliveries } from '../store/typeorm-deliveries';
import { deliverySchema, replaySchema, replayedSchema, type listedDeliverySchema } from './delivery';
import { deliveryList } from './delivery-list';

type ListedDelivery = z.output<typeof listedDeliverySchema>;
type ShownDelivery = z.output<typeof deliverySchema>;

/** What was sent to a webhook, what became of it, and sending it again. */
@Controller('v1/webhooks/:webhook')
export class DeliveriesController {
  constructor(
    private readonly replays: Replays,
    private readonly store: TypeormDeliveries,
  ) {}

  @Get('deliveries')
  @Needs('webhooks:read', OF_TENANT)
  @ApiList(deliveryList)
  async list(
    @Tenant() tenant: string,
    @Param('webhook') name: string,
    @Query(zodQuery(deliveryList.query)) query: z.output<typeof deliveryList.query>,
  ): Promise<ListPage<ListedDelivery>> {
    const { id } = await this.replays.webhook(tenant, name);
    return deliveryList.page(query, this.store.list(id));
  }

  @Get('deliveries/:delivery')
  @Needs('webhooks:read', OF_TENANT)
  @ApiOperation({ summary: 'Show a delivery of a webhook, with its body' })
  @ApiZodResponse(200, deliverySchema)
  async one(@Tenant() tenant: string, @Param('webhook') name: string, @Param('delivery') id: string): Promise<ShownDelivery> {
    return this.replays.delivery(await this.replays.webhook(tenant, name), knownId(id));
  }

  @Post('deliveries/:delivery/replay')
  @Needs('webhooks:write', OF_TENANT)
  @ApiOperation({ summary: 'Send a delivery once more' })
  @HttpCode(202)
  @ApiZodResponse(
    202,
    deliverySchema,
    'It waits to be sent, in its old place among the events of its station. One that waited already is tried at once',
  )
  async replay(@Tenant() tenant: string, @Param('webhook') name: string, @Param('delivery') id: string): Promise<ShownDelivery> {
    return this.replays.replay(tenant, name, knownId(id));
  }

  @Post('replay')
  @Needs('webhooks:write', OF_TENANT)
  @ApiOperation({ operationId: 'replayWebhookDeliveries', summary: 'Send the dead letters of a time once more' })
  @HttpCode(202)
  @ApiZodBody(replaySchema)
  @ApiZodResponse(202, replayedSchema)
  async replayDead(
    @Tenant() tenant: string,
    @Param('webhook') name: string,
    @Body(zodBody(replaySchema)) { from, to }: z.output<typeof replaySchema>,
  ): Promise<z.output<typeof replayedSchema>> {
    return this.replays.replayDead(tenant, name, { from: new Date(from), to: new Date(to) });
  }

  @Post('test')
  @Needs('webhooks:write', OF_TENANT)
  @ApiOperation({ summary: 'Send a test event' })
  @HttpCode(202)
  @ApiZodResponse(202, deliverySchema, 'It waits to be sent, once; `GET /v1/webhooks/{webhook}/deliveries/{delivery}` tells its outcome')
  async test(@Tenant() tenant: string, @Param('webhook') name: string): Promise<ShownDelivery> {
    return this.replays.test(tenant, name);
  }
}

function knownId(id: string): string {
  if (!isUuid(id)) throw new CsmsError('not-found', 'no such delivery');
  return id;
}
