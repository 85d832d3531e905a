import { OWN_TABLES, type SchemaDeclaration } from '@voltbus/database';
import { UNHANDLED_MESSAGES_BOUND } from '@voltbus/service';
import { MAX_TAKE_OVER_ADDRESSES } from '../identity-conflicts/domain/identity-conflict';
import { SCHEMA } from './migrations';
import { MAX_PROBLEMS } from '../availability/store/typeorm-connector-problems';
import { MAX_CONNECTORS } from '../availability/store/typeorm-connectors';
import { MAX_REFUSED_CONNECTIONS, MAX_REFUSED_CONNECTIONS_OF_ADDRESS } from '../refused-connections/typeorm-refused-connections';

const OF_A_STATION = { tenant: 'tenant', station: 'station' } as const;
const OF_A_TENANT = { tenant: 'tenant', station: null } as const;

/** Every table of this service, whose rows they are and how they go. */
export const TABLES: SchemaDeclaration = {
  schema: SCHEMA,
  tables: [
    ...OWN_TABLES,
    {
      ...OF_A_TENANT,
      name: 'tenants',
      holds: 'Tenants and their policies',
      madeBy: 'operators',
      bound: "the administrator's will",
      keeping: { kind: 'own', how: 'when they are deleted' },
    },
    {
      ...OF_A_TENANT,
      name: 'api_keys',
      holds: 'Keys of the API, hashed',
      madeBy: 'operators',
      bound: "the API's rate of requests",
      keeping: { kind: 'own', how: 'when they are revoked; with their tenant' },
    },
    {
      ...OF_A_TENANT,
      name: 'audit_log',
      holds: 'Who changed what through the API',
      madeBy: 'operators',
      bound: "the API's rate of requests",
      keeping: { kind: 'aged', column: 'at', days: 'AUDIT_LOG' },
    },
    {
      ...OF_A_TENANT,
      name: 'deleted_tenants',
      holds: 'Names of tenants that were deleted',
      madeBy: 'operators',
      bound: "the administrator's will",
      keeping: { kind: 'ever', why: 'a name is never given again' },
    },
    {
      ...OF_A_STATION,
      name: 'stations',
      holds: 'Stations',
      madeBy: 'strangers',
      bound: 'of those that register by themselves, MAX_REGISTERED_STATIONS of a tenant: beyond, unknown ones are refused as with `refuse`',
      keeping: { kind: 'own', how: 'when they are deleted' },
    },
    {
      ...OF_A_STATION,
      name: 'connectors',
      holds: 'States of connectors',
      madeBy: 'stations',
      bound: `${MAX_CONNECTORS} of a station: beyond, reports are answered and counted (\`reportsNotKept\`)`,
      keeping: { kind: 'with', what: 'its station' },
    },
    {
      ...OF_A_STATION,
      name: 'connector_problems',
      holds: 'Problems of components, as stations tell them',
      madeBy: 'stations',
      bound: `${MAX_PROBLEMS} components of a station: beyond, they are kept with the messages only`,
      keeping: { kind: 'with', what: 'its station' },
    },
    {
      ...OF_A_STATION,
      name: 'take_overs',
      holds: 'Connections that took the place of another of their station',
      madeBy: 'stations',
      bound: `${MAX_TAKE_OVER_ADDRESSES} addresses of a station: the least recent go`,
      keeping: { kind: 'with', what: 'its station' },
    },
    {
      ...OF_A_STATION,
      name: 'evictions',
      holds: 'Sockets to be closed and cached profiles to be dropped',
      madeBy: 'operators',
      bound: 'changes since they were last made',
      keeping: { kind: 'own', how: 'when they are made' },
    },
    {
      ...OF_A_STATION,
      name: 'messages',
      holds: 'Messages that no rule acts on',
      madeBy: 'stations',
      bound: UNHANDLED_MESSAGES_BOUND,
      keeping: { kind: 'aged', column: 'received_at', days: 'MESSAGES' },
    },
    {
      ...OF_A_STATION,
      name: 'refused_connections',
      holds: 'Who was not let in, one row for each kind of refusal',
      madeBy: 'strangers',
      bound: `${MAX_REFUSED_CONNECTIONS} of a tenant, and of all who name none; ${MAX_REFUSED_CONNECTIONS_OF_ADDRESS} of an address: the least recent go`,
      keeping: { kind: 'aged', column: 'last_at', days: 'REFUSALS' },
    },
    {
      ...OF_A_STATION,
      name: 'frames',
      holds: 'Copies of what stations and we said',
      madeBy: 'stations',
      bound: 'of a connection, 500 at once and 10 a second: beyond, they are not copied and counted',
      keeping: { kind: 'own', how: "by whole hours, after the tenant's `keepMessagesHours`; with their station" },
    },
  ],
};
