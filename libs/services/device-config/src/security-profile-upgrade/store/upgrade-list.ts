import { among, type ListDefinition } from '@voltbus/database';
import type { Upgrade, UpgradeState } from '../domain/upgrade';

/** The members of an `Upgrade`. */
export const UPGRADE = `id, state, step, target, network, slot, slot_order AS "order", may_have_it AS "mayHaveIt", command, published, tries, next_at AS "nextAt",
  until, deliver_by AS "deliverBy", epoch::float8 AS epoch, actor, reason, started_at AS "startedAt", sent_at AS "sentAt", ended_at AS "endedAt"`;

export interface ListedUpgrade extends Upgrade {
  station: string;
}
export interface UpgradeFilters {
  station?: string[] | undefined;
  state?: UpgradeState[] | undefined;
}
export type UpgradeSort = 'station' | 'startedAt';

/** `GET /v1/security-profile-upgrades`. */
export const UPGRADE_LIST: ListDefinition<UpgradeFilters, UpgradeSort> = {
  columns: `station, ${UPGRADE}`,
  from: 'device_config.security_profile_upgrades',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'station', type: 'text' }],
  sorts: { station: [], startedAt: [{ sql: 'started_at', type: 'timestamptz' }] },
  filters: { station: among('station'), state: among('state') },
};
