import { OF_A_STATION, WITH_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_PROBLEMS } from './typeorm-connector-problems';
import { MAX_CONNECTORS } from './typeorm-connectors';

const OF_THE_STATION = { ...OF_A_STATION, madeBy: 'stations', keeping: WITH_STATION } as const;

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_THE_STATION,
    name: 'connectors',
    holds: 'States of connectors',
    bound: `${MAX_CONNECTORS} of a station: beyond, reports are answered and counted (\`reportsNotKept\`)`,
  },
  {
    ...OF_THE_STATION,
    name: 'connector_problems',
    holds: 'Problems of components, as stations report them',
    bound: `${MAX_PROBLEMS} components of a station: beyond, they are kept with the messages only`,
  },
];
