import { OWN_TABLES, type SchemaDeclaration } from '@voltbus/database';
import { MAX_OPEN_OF_STATION, MAX_OPEN_OF_TENANT, TAKEN_OF_STATION } from '../commands/domain/command-limits';
import { SCHEMA } from './migrations';

/** Every table of this service: whose rows it has, and how long they are kept. */
export const TABLES: SchemaDeclaration = {
  schema: SCHEMA,
  tables: [
    ...OWN_TABLES,
    {
      name: 'commands',
      holds: 'Commands, with what became of them',
      madeBy: 'operators',
      bound: `without an end, ${MAX_OPEN_OF_STATION} of a station and ${MAX_OPEN_OF_TENANT} of a tenant; by the API, ${TAKEN_OF_STATION.burst} of a station at once and ${TAKEN_OF_STATION.perDay} a day: 429 \`too-many-commands\` beyond. Of registered stations only: 404 \`unknown-station\` for others`,
      tenant: 'tenant',
      station: 'station',
      keeping: { kind: 'aged', column: 'ended_at', days: 'COMMANDS', where: 'ended_at IS NOT NULL' },
    },
    {
      name: 'dead_letters',
      holds: 'Records that could not be handled',
      madeBy: 'services',
      bound: 'what the rules of the bus let through',
      tenant: 'tenant',
      station: null,
      keeping: { kind: 'aged', column: 'died_at', days: 'DEAD_LETTERS' },
    },
  ],
};
