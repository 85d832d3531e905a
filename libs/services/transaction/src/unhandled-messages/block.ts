import { v21 } from '@voltbus/ocpp';
import { TypeormUnhandledMessages, answer, defineBlock, storeUnhandled, unhandledMessagesDeclaration } from '@voltbus/service';
import { TransactionTelemetry } from '../telemetry';
import { UNHANDLED_MESSAGES } from './store/table';

export const unhandledMessages = defineBlock({
  name: 'unhandled-messages',
  tables: [unhandledMessagesDeclaration(UNHANDLED_MESSAGES, 'Messages that no rule acts on, and what was said of sealed sessions')],
  store: ({ database, logger, metrics }) => {
    const telemetry = new TransactionTelemetry(logger, metrics);
    return new TypeormUnhandledMessages({
      database,
      table: UNHANDLED_MESSAGES,
      beyond: (_station, count) => telemetry.notKept('unhandled-message', count),
    });
  },
  build: ({ store }) => ({ store }),
  answers: ({ store }) => [
    answer(v21.ReservationStatusUpdate, storeUnhandled(store)),
    answer(v21.NotifyChargingLimit, storeUnhandled(store)),
    answer(v21.ClearedChargingLimit, storeUnhandled(store)),
    answer(v21.ReportChargingProfiles, storeUnhandled(store)),
    // K15: no profile of ours follows; 2.0.1 has no status for that alone
    answer(
      v21.NotifyEVChargingNeeds,
      storeUnhandled(store, ({ protocol }) => ({ status: protocol === 'ocpp2.1' ? 'NoChargingProfile' : 'Rejected' })),
    ),
    answer(
      v21.NotifyEVChargingSchedule,
      storeUnhandled(store, () => ({ status: 'Accepted' })),
    ),
    answer(v21.NotifyPriorityCharging, storeUnhandled(store)),
    // K28: there is no dynamic profile to update
    answer(
      v21.PullDynamicScheduleUpdate,
      storeUnhandled(store, () => ({ status: 'Rejected' })),
    ),
  ],
});
