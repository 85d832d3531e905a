import { CONNECTIONS, deterministicId, type ConnectionEvent } from '@voltbus/contracts';
import { StationAllowance, defineBlock, onBatch } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { connectionReport } from './domain/connection-report';
import type { HistoryReport } from './domain/history-entry';
import { StatusHistoryController } from './http/status-history.controller';
import { CATCH_UP_INTERVAL_MS, HISTORY_ALLOWANCE } from './limits';
import { StatusHistory } from './status-history';
import { statusHistoryMigration } from './store/migrations/0270-status-history';
import { tables } from './store/tables';
import { TypeormStatusHistory } from './store/typeorm-status-history';

const { connected, disconnected } = CONNECTIONS.events;

/** OCPP block G: what was reported of connectors and components, and when stations were connected. */
export const statusHistory = defineBlock({
  name: 'status-history',
  migrations: [statusHistoryMigration],
  tables,
  store: ({ database }) => new TypeormStatusHistory(database),
  build({ store, use, now }) {
    const counted = use(telemetry);
    const allowance = new StationAllowance({
      ...HISTORY_ALLOWANCE,
      beyond: (_, count) => counted.statusesWithoutHistory(count),
      now: () => now().getTime(),
    });
    return { store, history: new StatusHistory({ store, allowance }) };
  },
  on: ({ history }) => [
    onBatch([connected, disconnected], (events) => history.record(events.map(({ data, type }) => reportOf(data, type === connected.type)))),
  ],
  jobs: ({ history }) => [{ name: 'states without history', everyMs: CATCH_UP_INTERVAL_MS, run: () => history.catchUp() }],
  controllers: [StatusHistoryController],
  provides: (provide) => [provide(TypeormStatusHistory, ({ store }) => store)],
});

function reportOf(event: ConnectionEvent, online: boolean): HistoryReport {
  const { tenant, station, epoch, at } = event;
  const id = deterministicId('connection', tenant, station, epoch, online ? 'online' : 'offline');
  return connectionReport(event, { id, online, at: Date.parse(at) });
}
