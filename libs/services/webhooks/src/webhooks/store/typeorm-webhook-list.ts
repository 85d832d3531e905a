import { among, beginsWithIgnoringCase, isTrue, type ListDefinition } from '@voltbus/database';
import type { WebhookStatus } from '../domain/webhook';
import { WEBHOOK_COLUMNS } from './webhook-row';

export interface WebhookFilters {
  status?: WebhookStatus[] | undefined;
  enabled?: boolean | undefined;
  events?: string[] | undefined;
  /** The beginning of the name, without regard to case. */
  search?: string | undefined;
}
export type WebhookSort = 'webhook' | 'createdAt' | 'updatedAt';

/** `GET /v1/webhooks`. */
export const WEBHOOK_LIST: ListDefinition<WebhookFilters, WebhookSort> = {
  columns: WEBHOOK_COLUMNS,
  from: '(SELECT * FROM webhooks.webhooks WHERE deleted_at IS NULL) AS webhooks',
  owner: 'tenant',
  id: [{ sql: 'webhook', type: 'text' }],
  sorts: {
    webhook: [],
    createdAt: [{ sql: 'created_at', type: 'timestamptz' }],
    updatedAt: [{ sql: 'updated_at', type: 'timestamptz' }],
  },
  filters: {
    status: among(`(CASE WHEN NOT enabled THEN 'disabled' WHEN failing_since IS NULL THEN 'active' ELSE 'failing' END)`),
    enabled: isTrue('enabled'),
    events: (types, bind) => `events && ${bind(types)}::text[]`,
    search: beginsWithIgnoringCase('webhook'),
  },
};
