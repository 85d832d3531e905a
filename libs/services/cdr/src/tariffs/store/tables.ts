import { HISTORY, OF_A_TENANT, type TableDeclaration } from '@voltbus/database';

const BY_OPERATORS = { madeBy: 'operators', bound: 'one for each change', ...OF_A_TENANT, keeping: HISTORY } as const;

export const tables: readonly TableDeclaration[] = [
  { ...BY_OPERATORS, name: 'terms', holds: 'Terms of tenants' },
  { ...BY_OPERATORS, name: 'tariffs', holds: 'Tariffs' },
  { ...BY_OPERATORS, name: 'tariff_assignments', holds: 'Which group has which tariff' },
  { ...BY_OPERATORS, name: 'station_groups', holds: 'Groups of stations', station: 'station' },
];
