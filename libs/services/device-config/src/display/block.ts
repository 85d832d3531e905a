import { COMMAND_RESULTS, CONNECTIONS } from '@voltbus/contracts';
import { v21 } from '@voltbus/ocpp';
import { answer, defineBlock, onBatch, onEach } from '@voltbus/service';
import { deviceModel } from '../device-model';
import { DisplayMessages } from './display-messages';
import { DisplayReports } from './display-reports';
import { DisplayResults } from './display-results';
import { DisplayController } from './http/display.controller';
import { SWEEP_INTERVAL_MS } from './limits';
import { notifyDisplayMessages } from './ocpp2/notify-display-messages';
import { displayMigration } from './store/migrations/0290-display';
import { tables } from './store/tables';
import { TypeormDisplay } from './store/typeorm-display';

/** OCPP block O: messages on the displays of stations. */
export const display = defineBlock({
  name: 'display',
  migrations: [displayMigration],
  tables,
  store: ({ database }) => new TypeormDisplay(database),
  build({ store, use, commands, sendCommand, now }) {
    const results = new DisplayResults({ store, now });
    return {
      ...{ store, results, reports: new DisplayReports({ store, commands, sendCommand, now }) },
      messages: new DisplayMessages({ store, model: use(deviceModel).store, results, commands, now }),
    };
  },
  answers: ({ reports }) => [answer(v21.NotifyDisplayMessages, notifyDisplayMessages(reports))],
  on: ({ store, results, reports }) => [
    onEach(COMMAND_RESULTS.events.ended, async ({ data }) => {
      await results.onEnded(data);
      await reports.onEnded(data);
    }),
    onBatch(CONNECTIONS.events.connected, (events) => store.onConnected(events.map(({ data }) => data))),
  ],
  jobs: ({ reports }) => [{ name: 'lists of display messages', everyMs: SWEEP_INTERVAL_MS, run: () => reports.sweep() }],
  controllers: [DisplayController],
  provides: (provide) => [
    provide(DisplayMessages, ({ messages }) => messages),
    provide(DisplayReports, ({ reports }) => reports),
    provide(TypeormDisplay, ({ store }) => store),
  ],
});
