import { among, type ListDefinition } from '@voltbus/database';
import type { Rotation, RotationState } from '../domain/rotation';

/** The members of a `Rotation`. */
export const ROTATION = `id, state, sealed, command, published, may_have_it AS "mayHaveIt", tries, next_at AS "nextAt", deliver_by AS "deliverBy", closed, actor, campaign, reason,
  started_at AS "startedAt", sent_at AS "sentAt", accepted_at AS "acceptedAt", ended_at AS "endedAt"`;

export interface ListedRotation extends Rotation {
  station: string;
}
export interface RotationFilters {
  station?: string[] | undefined;
  state?: RotationState[] | undefined;
  campaign?: string[] | undefined;
}
export type RotationSort = 'station' | 'startedAt';

/** `GET /v1/password-rotations`. */
export const ROTATION_LIST: ListDefinition<RotationFilters, RotationSort> = {
  columns: `station, ${ROTATION}`,
  from: 'device_config.password_rotations',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'station', type: 'text' }],
  sorts: { station: [], startedAt: [{ sql: 'started_at', type: 'timestamptz' }] },
  filters: { station: among('station'), state: among('state'), campaign: among('campaign::text') },
};
