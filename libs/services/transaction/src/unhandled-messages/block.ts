import { v21 } from '@voltbus/ocpp';
import { TypeormUnhandledMessages, answerUnhandled, defineBlock, unhandledMessagesDeclaration } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { migration } from './store/migrations/0110-unhandled-messages';
import { UNHANDLED_MESSAGES } from './store/table';

export const unhandledMessages = defineBlock({
  name: 'unhandled-messages',
  migrations: [migration],
  tables: [unhandledMessagesDeclaration(UNHANDLED_MESSAGES, 'Messages that no rule acts on, and messages about sealed sessions')],
  store: ({ database, storeOf }) =>
    new TypeormUnhandledMessages({
      database,
      table: UNHANDLED_MESSAGES,
      beyond: (_station, count) => storeOf(telemetry).notKept('unhandled-message', count),
    }),
  build: ({ store }) => ({ store }),
  answers: ({ store }) => [
    answerUnhandled(store, v21.NotifyChargingLimit),
    answerUnhandled(store, v21.ClearedChargingLimit),
    answerUnhandled(store, v21.ReportChargingProfiles),
    // K15: no profile of ours follows; 2.0.1 has no status for that alone
    answerUnhandled(store, v21.NotifyEVChargingNeeds, ({ protocol }) => ({
      status: protocol === 'ocpp2.1' ? 'NoChargingProfile' : 'Rejected',
    })),
    answerUnhandled(store, v21.NotifyEVChargingSchedule, () => ({ status: 'Accepted' })),
    answerUnhandled(store, v21.NotifyPriorityCharging),
    // K28: there is no dynamic profile to update
    answerUnhandled(store, v21.PullDynamicScheduleUpdate, () => ({ status: 'Rejected' })),
  ],
});
