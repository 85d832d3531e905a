import { defineBlock } from '@voltbus/service';
import { onCommandEnded } from '../stations/command-results';
import { limits } from '../limits/block';
import { prices as pricesBlock } from '../prices/block';
import { telemetry } from '../telemetry';
import { RUNNING_COSTS } from '../transactions';
import { transactions as transactionsBlock } from '../transactions/block';
import { COST_SWEEP_MS, CostUpdates } from './cost-updates';
import { RunningCost } from './running-cost';
import { TypeormCostUpdates } from './store/typeorm-cost-updates';

export const runningCost = defineBlock({
  name: 'running-cost',
  store: ({ database }) => new TypeormCostUpdates(database),
  build: ({ store, use, settings, sendCommand, now }) => {
    const { prices, shown } = use(pricesBlock);
    const { transactions, store: transactionStore } = use(transactionsBlock);
    const runningCost = new RunningCost({
      ...{ prices, shown, telemetry: use(telemetry) },
      transactions: transactionStore.transactions,
      limits: use(limits).limits,
      now,
    });
    transactions.showCosts(runningCost);
    const intervalMs = settings.COST_SECONDS * 1_000;
    return { runningCost, costUpdates: new CostUpdates({ store, runningCost, intervalMs, sendCommand, now }) };
  },
  on: ({ costUpdates }) => [onCommandEnded(['CostUpdated'], (command) => costUpdates.onAnswered(command))],
  provides: (provide) => [provide(RUNNING_COSTS, ({ runningCost }) => runningCost)],
  jobs: ({ costUpdates }) => [{ name: 'cost updates', everyMs: COST_SWEEP_MS, run: () => costUpdates.sweep() }],
});
