import { among, before, notBefore, type ListDefinition } from '@voltbus/database';
import type { DeathReason, DeliveryState } from '../domain/delivery';
import { DELIVERY_COLUMNS } from './delivery-row';

export interface DeliveryFilters {
  state?: DeliveryState[] | undefined;
  reason?: DeathReason[] | undefined;
  eventType?: string[] | undefined;
  eventId?: string[] | undefined;
  station?: string[] | undefined;
  /** By creation, inclusive. */
  from?: string | undefined;
  /** By creation, exclusive. */
  to?: string | undefined;
}
export type DeliverySort = 'createdAt';

/** `GET /v1/webhooks/{webhook}/deliveries`. */
export const DELIVERY_LIST: ListDefinition<DeliveryFilters, DeliverySort> = {
  columns: DELIVERY_COLUMNS,
  from: 'webhooks.deliveries d',
  owner: 'd.webhook_id',
  id: [{ sql: 'd.id', type: 'uuid' }],
  sorts: { createdAt: [{ sql: 'd.created_at', type: 'timestamptz' }] },
  filters: {
    state: among('d.state'),
    reason: among('d.reason'),
    eventType: among('d.event_type'),
    eventId: among('d.event_id'),
    station: among('d.station'),
    from: notBefore('d.created_at'),
    to: before('d.created_at'),
  },
};
