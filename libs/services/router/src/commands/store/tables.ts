import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { ACCEPTED_OF_STATION, MAX_OPEN_OF_STATION, MAX_OPEN_OF_TENANT } from '../domain/command-limits';

export const tables: readonly TableDeclaration[] = [
  {
    name: 'commands',
    holds: 'Commands, with what became of them',
    madeBy: 'operators',
    bound: `without an end, ${MAX_OPEN_OF_STATION} of a station and ${MAX_OPEN_OF_TENANT} of a tenant; by the API, ${ACCEPTED_OF_STATION.burst} of a station at once and ${ACCEPTED_OF_STATION.perDay} a day: 429 \`too-many-commands\` beyond. Of registered stations only: 404 \`unknown-station\` for others`,
    ...OF_A_STATION,
    keeping: { kind: 'aged', column: 'ended_at', days: 'COMMANDS', where: 'ended_at IS NOT NULL' },
    tokens: [{ how: 'pseudonymised', columns: ['payload', 'response', 'error'], notYet: 'ended_at IS NULL' }],
    passing: [
      {
        // the secret of a station that a service has sent
        value: "substring(payload::text from 'voltbus-sealed:1:[A-Za-z0-9_-]+')",
        ...{ form: 'station-secret', key: ['tenant', 'id'], purpose: 'station-secret' },
        where: "status IN ('queued', 'sent')",
        goes: 'with the end of the command',
      },
    ],
    sealed: [
      {
        column: 'sealed',
        form: 'bytes',
        purpose: 'command-payload',
        key: ['tenant', 'id'],
        owner: { select: 'tenant, id', of: ({ tenant, id }) => `${String(tenant)}/${String(id)}` },
      },
    ],
  },
];
