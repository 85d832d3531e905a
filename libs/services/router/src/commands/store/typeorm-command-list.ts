import type { CommandStatus } from '@voltbus/contracts';
import { among, type ListDefinition } from '@voltbus/database';

export interface CommandFilters {
  station?: string[] | undefined;
  status?: CommandStatus[] | undefined;
  action?: string[] | undefined;
}
export type CommandSort = 'createdAt' | 'endedAt';

/** `GET /v1/commands`. */
export const COMMAND_LIST: Omit<ListDefinition<CommandFilters, CommandSort>, 'columns'> = {
  from: 'router.commands',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'id', type: 'uuid' }],
  sorts: {
    createdAt: [{ sql: 'created_at', type: 'timestamptz' }],
    endedAt: [{ sql: `coalesce(ended_at, 'infinity'::timestamptz)`, type: 'timestamptz' }],
  },
  filters: { station: among('station'), status: among('status'), action: among('action') },
};
