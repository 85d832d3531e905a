import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { READINGS_ALLOWANCE } from '@voltbus/service';

/** As long as a station may have kept a message of the session that they belong to. */
const STATES_KEPT_DAYS = 90;

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'readings',
    holds: 'What meters measured, a row for each instant',
    madeBy: 'stations',
    bound: `of a station, ${READINGS_ALLOWANCE.burst} at once and ${READINGS_ALLOWANCE.perDay} a day, what is signed or has no column by the ${READINGS_ALLOWANCE.unitBytes} bytes: beyond, they are answered and counted, and not kept`,
    keeping: { kind: 'own', how: 'RETENTION_READINGS_DAYS by whole days, once every session that began before is sealed' },
  },
  {
    ...OF_A_STATION,
    name: 'connector_states',
    holds: 'Connector states that 1.6 stations reported: charging, suspended',
    madeBy: 'stations',
    bound: "changes only, of connectors up to 255; the gateway's rate of messages",
    keeping: { kind: 'aged', column: 'received_at', days: STATES_KEPT_DAYS },
  },
];
