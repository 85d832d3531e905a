import type { DisabledReason, Webhook } from '../domain/webhook';

/** A row of `webhooks.webhooks` as the driver returns it. */
export interface WebhookRow {
  id: string;
  tenant: string;
  webhook: string;
  url: string;
  events: string[];
  description: string;
  enabled: boolean;
  disabled_reason: DisabledReason | null;
  disabled_at: Date | null;
  failing_since: Date | null;
  secret_issued_at: Date;
  previous_until: Date | null;
  dropped: string;
  last_dropped_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** All but the secrets, which only the sender reads. */
export const WEBHOOK_COLUMNS = `id, tenant, webhook, url, events, description, enabled, disabled_reason, disabled_at, failing_since, secret_issued_at,
  previous_until, dropped, last_dropped_at, created_at, updated_at`;

export function toWebhook(row: WebhookRow): Webhook {
  const { id, tenant, webhook, url, events, description, enabled } = row;
  return {
    ...{ id, tenant, webhook, url, events, description, enabled },
    disabledReason: row.disabled_reason,
    disabledAt: row.disabled_at,
    failingSince: row.failing_since,
    secretIssuedAt: row.secret_issued_at,
    previousSecretUntil: row.previous_until,
    dropped: Number(row.dropped),
    lastDroppedAt: row.last_dropped_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
