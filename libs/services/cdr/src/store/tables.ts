import { OWN_TABLES, type SchemaDeclaration } from '@voltbus/database';
import { SCHEMA } from './migrations';

const HISTORY = { kind: 'ever', why: 'a session is priced by what held when it began' } as const;
const BY_OPERATORS = { madeBy: 'operators', bound: 'one for each change', tenant: 'tenant', station: null, keeping: HISTORY } as const;

/** Every table of this service, whose rows they are and how they go. */
export const TABLES: SchemaDeclaration = {
  schema: SCHEMA,
  tables: [
    ...OWN_TABLES,
    {
      name: 'cdrs',
      holds: 'CDRs',
      madeBy: 'stations',
      bound: 'a charge for each session, a credit and a charge for each correction',
      tenant: 'tenant',
      station: 'station',
      keeping: { kind: 'aged', column: 'started_at', days: 'CDRS' },
    },
    {
      name: 'reviews',
      holds: 'CDRs that waited for a person, and what was decided',
      madeBy: 'stations',
      bound: 'as CDRs, one held for each transaction',
      tenant: 'tenant',
      station: 'station',
      keeping: { kind: 'aged', column: 'started_at', days: 'CDRS' },
    },
    {
      name: 'review_policies',
      holds: 'What tenants want to be held for review',
      madeBy: 'operators',
      bound: 'one for each tenant',
      tenant: 'tenant',
      station: null,
      keeping: { kind: 'with', what: 'its tenant' },
    },
    { ...BY_OPERATORS, name: 'terms', holds: 'Terms of tenants' },
    { ...BY_OPERATORS, name: 'tariffs', holds: 'Tariffs' },
    { ...BY_OPERATORS, name: 'tariff_assignments', holds: 'Which group has which tariff' },
    { ...BY_OPERATORS, name: 'station_groups', holds: 'Groups of stations', station: 'station' },
  ],
};
