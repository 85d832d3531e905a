import { CONNECTIONS } from '@voltbus/contracts';
import { defineBlock, onEach } from '@voltbus/service';
import { capabilities as stationCapabilities } from '../capabilities/block';
import { prices as pricesBlock } from '../prices/block';
import { runningCost as runningCostBlock } from '../running-cost/block';
import { onCommandEnded } from '../stations/command-results';
import { COST_MESSAGES_MS, CostMessages } from './cost-messages';
import { TypeormCostMessages } from './store/typeorm-cost-messages';

/** What charging costs, for displays of stations of 1.6. */
export const costMessages = defineBlock({
  name: 'cost-messages',
  store: ({ database }) => new TypeormCostMessages(database),
  build: ({ store, use, settings, sendCommand, now }) => {
    const { prices, shown, costDisplay } = use(pricesBlock);
    const { capabilities } = use(stationCapabilities);
    const runningCosts = use(runningCostBlock).runningCost;
    const intervalMs = settings.COST_SECONDS * 1_000;
    const messages = new CostMessages({ ...{ store, capabilities, shown, prices, runningCosts }, intervalMs, sendCommand, now });
    costDisplay.showBy(messages);
    return { messages };
  },
  on: ({ messages }) => [
    onEach(CONNECTIONS.events.connected, ({ data }) => messages.onConnected(data)),
    onCommandEnded(['DataTransfer'], (command) => messages.onAnswered(command)),
  ],
  jobs: ({ messages }) => [{ name: 'cost messages', everyMs: COST_MESSAGES_MS, run: () => messages.sweep() }],
});
