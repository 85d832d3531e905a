import { v21 } from '@voltbus/ocpp';
import { StationAllowance, UNHANDLED_MESSAGES_ALLOWANCE, answerUnhandled, defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { unhandledMessagesMigration } from './store/migrations/0110-unhandled-messages';
import { tables } from './store/tables';
import { TypeormUnhandledMessages } from './store/typeorm-unhandled-messages';

export const unhandledMessages = defineBlock({
  name: 'unhandled-messages',
  migrations: [unhandledMessagesMigration],
  tables,
  store: ({ database, storeOf }) => {
    const beyond = (_station: unknown, count: number): void => storeOf(telemetry).notKept('unhandled-message', count);
    return new TypeormUnhandledMessages(database, new StationAllowance({ ...UNHANDLED_MESSAGES_ALLOWANCE, beyond }));
  },
  build: ({ store }) => ({ store }),
  answers: ({ store }) => [
    answerUnhandled(store, v21.ReservationStatusUpdate),
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
