import { among, before, notBefore, type ListDefinition } from '@voltbus/database';
import type { RequestState, StationRequest } from '../domain/station-request';

export interface RequestFilters {
  station?: string[] | undefined;
  /** Of a firmware update, and of a request of a log: what each is about. */
  image?: string[] | undefined;
  type?: string[] | undefined;
  requestedBy?: string[] | undefined;
  state?: RequestState[] | undefined;
  reason?: string[] | undefined;
  /** By creation, inclusive. */
  from?: string | undefined;
  /** By creation, exclusive. */
  to?: string | undefined;
}
/** What a kind of request fixes. */
export interface KindFilter {
  kind?: StationRequest['kind'][] | undefined;
}
export type RequestSort = 'createdAt';

/** The members of a `StationRequest`. */
export const COLUMNS = `r.id, r.tenant, r.station, r.kind, r.request_id AS "requestId", r.subject, r.body, r.requested_by AS "requestedBy", r.state, r.reason, r.progress, r.statuses,
  r.command, r.tries, r.created_at AS "createdAt", r.next_at AS "nextAt", r.sent_at AS "sentAt", r.accepted_at AS "acceptedAt", r.done_at AS "doneAt",
  r.ended_at AS "endedAt", r.expires_at AS "expiresAt", r.boot_at AS "bootAt"`;

/** `GET /v1/firmware-updates`, `GET /v1/log-requests`. */
export const REQUEST_LIST: ListDefinition<RequestFilters & KindFilter, RequestSort> = {
  columns: COLUMNS,
  from: 'device_config.station_requests AS r',
  owner: 'r.tenant',
  station: 'r.station',
  id: [{ sql: 'r.id', type: 'uuid' }],
  sorts: { createdAt: [{ sql: 'r.created_at', type: 'timestamptz' }] },
  filters: {
    kind: among('r.kind'),
    station: among('r.station'),
    image: among('r.subject'),
    type: among('r.subject'),
    requestedBy: among('r.requested_by'),
    state: among('r.state'),
    reason: among('r.reason'),
    from: notBefore('r.created_at'),
    to: before('r.created_at'),
  },
};
