import { LANES } from '@voltbus/contracts';
import { defineBlock } from '@voltbus/service';
import { onCommandEnded } from '../stations/command-results';
import { metering } from '../metering/block';
import { telemetry } from '../telemetry';
import { transactions as transactionsBlock } from '../transactions/block';
import { CONNECTOR_ACTIONS, ConnectorObserver } from './connector-observer';
import { STALE_INTERVAL_MS, StaleTransactions } from './stale-transactions';
import { TypeormFreeConnectors } from './store/typeorm-free-connectors';
import { TypeormStaleTransactions } from './store/typeorm-stale-transactions';

export const staleTransactions = defineBlock({
  name: 'stale-transactions',
  store: ({ database }) => ({ stale: new TypeormStaleTransactions(database), freeConnectors: new TypeormFreeConnectors(database) }),
  build: ({ store, use, settings, sendCommand, passed, now }) => {
    const { transactions } = use(transactionsBlock);
    const staleAfterMs = settings.SILENT_SECONDS * 1_000;
    return {
      staleTransactions: new StaleTransactions({
        ...{ store: store.stale, transactions, telemetry: use(telemetry), staleAfterMs, sendCommand, now },
      }),
      connectorObserver: new ConnectorObserver(store.freeConnectors, use(metering).connectorStates, transactions),
      passedLane: (instant: number) => passed([LANES.transaction], instant),
    };
  },
  on: ({ staleTransactions }) => [onCommandEnded(['GetTransactionStatus'], (command) => staleTransactions.onStatusAnswered(command))],
  observes: ({ connectorObserver }) => [
    { lane: 'device', actions: CONNECTOR_ACTIONS, handle: (messages) => connectorObserver.observe(messages) },
  ],
  jobs: ({ staleTransactions, passedLane }) => [
    { name: 'stale transactions', everyMs: STALE_INTERVAL_MS, run: () => staleTransactions.sweep(passedLane) },
  ],
});
