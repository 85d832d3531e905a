import { v21 } from '@voltbus/ocpp';
import { StationAllowance, UNHANDLED_MESSAGES_ALLOWANCE, answer, defineBlock } from '@voltbus/service';
import { TransactionTelemetry } from '../telemetry';
import { unhandledMessagesMigration } from './store/migrations/0110-unhandled-messages';
import { tables } from './store/tables';
import { TypeormUnhandledMessages } from './store/typeorm-unhandled-messages';
import { storeUnhandled } from './unhandled-message';

export const unhandledMessages = defineBlock({
  name: 'unhandled-messages',
  migrations: [unhandledMessagesMigration],
  tables,
  store: ({ database, logger, metrics }) => {
    const telemetry = new TransactionTelemetry(logger, metrics);
    const beyond = (_station: unknown, count: number): void => telemetry.notKept('unhandled-message', count);
    return new TypeormUnhandledMessages(database, new StationAllowance({ ...UNHANDLED_MESSAGES_ALLOWANCE, beyond }));
  },
  build: ({ store }) => ({ store }),
  answers: ({ store }) => [
    answer(
      v21.ReservationStatusUpdate,
      storeUnhandled(store, () => ({})),
    ),
    answer(
      v21.NotifyChargingLimit,
      storeUnhandled(store, () => ({})),
    ),
    answer(
      v21.ClearedChargingLimit,
      storeUnhandled(store, () => ({})),
    ),
    answer(
      v21.ReportChargingProfiles,
      storeUnhandled(store, () => ({})),
    ),
    // K15: no profile of ours follows; 2.0.1 has no status for that alone
    answer(
      v21.NotifyEVChargingNeeds,
      storeUnhandled(store, ({ protocol }) => ({ status: protocol === 'ocpp2.1' ? 'NoChargingProfile' : 'Rejected' })),
    ),
    answer(
      v21.NotifyEVChargingSchedule,
      storeUnhandled(store, () => ({ status: 'Accepted' })),
    ),
    answer(
      v21.NotifyPriorityCharging,
      storeUnhandled(store, () => ({})),
    ),
    // K28: there is no dynamic profile to update
    answer(
      v21.PullDynamicScheduleUpdate,
      storeUnhandled(store, () => ({ status: 'Rejected' })),
    ),
  ],
});
