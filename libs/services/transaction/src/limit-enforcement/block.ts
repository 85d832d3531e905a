import { defineBlock } from '@voltbus/service';
import { runningCost as runningCostBlock } from '../running-cost/block';
import { telemetry } from '../telemetry';
import { transactions } from '../transactions/block';
import { LIMITS_INTERVAL_MS, LimitEnforcement } from './limit-enforcement';
import { TypeormLimitEnforcement } from './store/typeorm-limit-enforcement';

export const limitEnforcement = defineBlock({
  name: 'limit-enforcement',
  store: ({ database }) => new TypeormLimitEnforcement(database),
  build: ({ store, use, sendCommand, now }) => {
    const { views } = use(transactions).store;
    const { runningCost } = use(runningCostBlock);
    return { limitEnforcement: new LimitEnforcement({ store, views, runningCost, telemetry: use(telemetry), sendCommand, now }) };
  },
  jobs: ({ limitEnforcement }) => [{ name: 'limits', everyMs: LIMITS_INTERVAL_MS, run: () => limitEnforcement.sweep() }],
});
