import { OF_A_STATION, OF_A_TENANT, WITH_STATION, type TableDeclaration } from '@voltbus/database';
import { CHANGES_ALLOWANCE, MAX_REPORTS, MAX_VARIABLES } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'variables',
    holds: 'Variables and configuration keys of stations, without the values of secrets',
    madeBy: 'stations',
    bound: `${MAX_VARIABLES} of a station: beyond, variables are counted in the report (\`notKept\`)`,
    keeping: WITH_STATION,
    tokens: [{ how: 'pseudonymised', columns: ['attributes'] }],
  },
  {
    ...OF_A_STATION,
    name: 'variable_changes',
    holds: 'Values of variables that changed, with who changed them',
    madeBy: 'stations',
    bound: `of a station, ${CHANGES_ALLOWANCE.burst} at once and ${CHANGES_ALLOWANCE.perDay} a day: beyond, values change without history`,
    keeping: { kind: 'aged', column: 'at', days: 'VARIABLE_CHANGES' },
    tokens: [{ how: 'pseudonymised', columns: ['before', 'after'] }],
  },
  {
    ...OF_A_STATION,
    name: 'device_reports',
    holds: 'Reports of stations about their variables: which parts are there',
    madeBy: 'stations',
    bound: `${MAX_REPORTS} of a station: a further one takes the place of the oldest`,
    keeping: WITH_STATION,
  },
  {
    ...OF_A_TENANT,
    name: 'variable_requests',
    holds: 'Who set variables by a command',
    madeBy: 'operators',
    bound: 'one for each command that sets variables',
    keeping: { kind: 'aged', column: 'at', days: 8 },
  },
];
