import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, invalidAt } from '@voltbus/contracts';
import {
  ApiZodBody,
  ApiZodList,
  ApiZodResponse,
  Audited,
  Needs,
  TENANT_DIRECTORY,
  Tenant,
  pageQuerySchema,
  readPage,
  replacement,
  zodBody,
  zodParam,
  zodQuery,
  type Page,
  type PageQuery,
  type TenantDirectory,
} from '@voltbus/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Webhook } from '../domain/webhook';
import { TypeormWebhooks } from '../store/typeorm-webhooks';
import { Webhooks, type ChangedWebhook } from '../webhooks';
import {
  WEBHOOK_DEFAULTS,
  changedWebhookSchema,
  putWebhookSchema,
  rotateSecretSchema,
  webhookNameSchema,
  webhookSchema,
  webhookView,
} from './webhook';

type ShownWebhook = z.output<typeof webhookSchema>;
type ShownChange = z.output<typeof changedWebhookSchema>;

/** The audit log has the webhook as it is shown, without the secret. */
const audited = () =>
  Audited<WebhooksController>({ view: (controller, { tenant, params }) => controller.one(tenant, params['webhook'] ?? '') });

/** Where a tenant wants its events posted. All of it needs the scope `admin`: URLs may carry credentials. */
@Controller('v1/webhooks')
@Needs('admin')
export class WebhooksController {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly store: TypeormWebhooks,
    @Inject(TENANT_DIRECTORY) private readonly tenants: TenantDirectory,
  ) {}

  @Get()
  @ApiZodList(pageQuerySchema, webhookSchema)
  async list(@Tenant() tenant: string, @Query(zodQuery(pageQuerySchema)) query: PageQuery): Promise<Page<ShownWebhook>> {
    const page = await readPage(
      query,
      (slice) => this.store.page(tenant, slice),
      ({ webhook }) => webhook,
    );
    return { ...page, items: await this.shown(page.items) };
  }

  @Get(':webhook')
  @ApiZodResponse(200, webhookSchema)
  async one(@Tenant() tenant: string, @Param('webhook') name: string): Promise<ShownWebhook> {
    const webhook = await this.store.find(tenant, name);
    if (webhook === null) throw new CsmsError('not-found', 'no such webhook');
    return this.shownOne(webhook);
  }

  /** Events are recorded for it from the answer on. */
  @Put(':webhook')
  @audited()
  @ApiZodBody(putWebhookSchema)
  @ApiZodResponse(200, changedWebhookSchema, 'It was replaced')
  @ApiZodResponse(201, changedWebhookSchema, 'It was made; `secret` is shown this once')
  async put(
    @Tenant() tenant: string,
    @Param('webhook', zodParam('webhook', webhookNameSchema)) name: string,
    @Body(zodBody(putWebhookSchema)) { webhook, ...body }: z.output<typeof putWebhookSchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownChange> {
    if (webhook !== undefined && webhook !== name) throw invalidAt('/webhook', 'the body names another webhook than the path');
    if ((await this.tenants.find(tenant)) === null) throw new CsmsError('not-found', 'no such tenant');
    const changed = await this.webhooks.put(tenant, name, (before) =>
      replacement(before, body, { defaults: WEBHOOK_DEFAULTS, guarded: ['enabled'] }),
    );
    reply.status(changed.created ? 201 : 200);
    return this.shownChange(changed);
  }

  @Post(':webhook/rotate-secret')
  @ApiOperation({ summary: 'Make a new secret, and let the one before end' })
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
  @audited()
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('webhook') name: string): Promise<void> {
    await this.webhooks.remove(tenant, name);
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
