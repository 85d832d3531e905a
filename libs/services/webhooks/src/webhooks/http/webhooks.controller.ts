import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiDelete,
  ApiGet,
  ApiList,
  ApiPatch,
  ApiPut,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  ChangeOf,
  EntityTag,
  Needs,
  OF_TENANT,
  Tenant,
  TENANT_DIRECTORY,
  zodBody,
  zodParam,
  zodQuery,
  type ListPage,
  type ResourceChange,
  type Tagged,
  type TenantDirectory,
} from '@voltbus/http';
import type { z } from 'zod';
import type { Webhook } from '../domain/webhook';
import { TypeormWebhooks } from '../store/typeorm-webhooks';
import { Webhooks, type ChangedWebhook } from '../webhooks';
import { changedWebhookSchema, rotateSecretSchema, webhookNameSchema, webhookResource, webhookSchema, webhookView } from './webhook';
import { webhookList } from './webhook-list';

type ShownWebhook = z.output<typeof webhookSchema>;
type WebhookChange = ResourceChange<typeof webhookResource.schema, Webhook>;
type ShownChange = z.output<typeof changedWebhookSchema>;

/** The audit log has the webhook as it is shown, without the secret. */
const audited = () =>
  Audited<WebhooksController>({ view: (controller, { tenant, params }) => controller.show(tenant, params['webhook'] ?? '') });

/** Where a tenant wants its events posted. All of it needs the scope `admin`: URLs may carry credentials. */
@Controller('v1/webhooks')
export class WebhooksController {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly store: TypeormWebhooks,
    @Inject(TENANT_DIRECTORY) private readonly tenants: TenantDirectory,
  ) {}

  @Get()
  @Needs('webhooks:read', OF_TENANT)
  @ApiList(webhookList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(webhookList.query)) query: z.output<typeof webhookList.query>,
  ): Promise<ListPage<ShownWebhook>> {
    return webhookList.page(
      query,
      shownAs(this.store.list(tenant), (webhooks) => this.shown(webhooks)),
    );
  }

  @Get(':webhook')
  @Needs('webhooks:read', OF_TENANT)
  @ApiGet(webhookSchema)
  async one(
    @Tenant() tenant: string,
    @Param('webhook') name: string,
    @EntityTag(webhookResource) tagged: Tagged<Webhook>,
  ): Promise<ShownWebhook> {
    return this.shownOne(tagged(await this.webhooks.find(tenant, name)));
  }

  /** Events are recorded for it from the answer on. Where it is new, `secret` is shown this once. */
  @Put(':webhook')
  @Needs('webhooks:write', OF_TENANT)
  @audited()
  @ApiPut(webhookResource, changedWebhookSchema)
  async put(
    @Tenant() tenant: string,
    @Param('webhook', zodParam('webhook', webhookNameSchema)) name: string,
    @ChangeOf(webhookResource) change: WebhookChange,
  ): Promise<ShownChange> {
    if ((await this.tenants.find(tenant)) === null) throw new CsmsError('not-found', 'no such tenant');
    const changed = await this.webhooks.put(tenant, name, (before) => change.decide(before));
    change.stored(changed.webhook);
    return this.shownChange(changed);
  }

  @Patch(':webhook')
  @Needs('webhooks:write', OF_TENANT)
  @audited()
  @ApiPatch(webhookResource, changedWebhookSchema)
  async patch(
    @Tenant() tenant: string,
    @Param('webhook', zodParam('webhook', webhookNameSchema)) name: string,
    @ChangeOf(webhookResource) change: WebhookChange,
  ): Promise<ShownChange> {
    return this.put(tenant, name, change);
  }

  @Post(':webhook/rotate-secret')
  @Needs('webhooks:write', OF_TENANT)
  @ApiOperation({ operationId: 'rotateWebhookSecret', summary: 'Make a new secret, and let the one before end' })
  @HttpCode(200)
  @audited()
  @ApiZodBody(rotateSecretSchema)
  @ApiZodResponse(200, changedWebhookSchema, 'The new `secret` is shown this once')
  async rotate(
    @Tenant() tenant: string,
    @Param('webhook') name: string,
    @Body(zodBody(rotateSecretSchema)) { overlapSeconds }: z.output<typeof rotateSecretSchema>,
  ): Promise<ShownChange> {
    return this.shownChange(await this.webhooks.rotateSecret(tenant, name, overlapSeconds));
  }

  /** What waits for it is removed with it. */
  @Delete(':webhook')
  @Needs('webhooks:write', OF_TENANT)
  @audited()
  @ApiDelete()
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('webhook') name: string, @ChangeOf(webhookResource) change: WebhookChange): Promise<void> {
    await this.webhooks.remove(tenant, name, (before) => change.mayRemove(before));
  }

  async show(tenant: string, name: string): Promise<ShownWebhook> {
    return this.shownOne(await this.webhooks.find(tenant, name));
  }

  private async shownChange({ webhook, secret }: ChangedWebhook): Promise<ShownChange> {
    return { ...(await this.shownOne(webhook)), ...(secret === undefined ? {} : { secret }) };
  }

  private async shownOne(webhook: Webhook): Promise<ShownWebhook> {
    const pending = await this.store.pending([webhook.id]);
    return webhookView(webhook, pending.get(webhook.id) ?? 0);
  }

  private async shown(webhooks: readonly Webhook[]): Promise<ShownWebhook[]> {
    const pending = await this.store.pending(webhooks.map(({ id }) => id));
    return webhooks.map((webhook) => webhookView(webhook, pending.get(webhook.id) ?? 0));
  }
}
