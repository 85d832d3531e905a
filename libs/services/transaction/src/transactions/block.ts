import { CDRS, CDR_REVIEWS } from '@voltbus/contracts';
import { RETENTION_INTERVAL_MS } from '@voltbus/database';
import { v16, v21 } from '@voltbus/ocpp';
import { retentionDays } from '@voltbus/runtime';
import { answer, type BuildContext, defineBlock, type StoreContext } from '@voltbus/service';
import { authorization } from '../authorization/block';
import { capabilities } from '../capabilities/block';
import { limits } from '../limits/block';
import { metering } from '../metering/block';
import { prices } from '../prices/block';
import { remoteControl } from '../remote-control/block';
import { reservation } from '../reservation/block';
import { telemetry } from '../telemetry';
import { unhandledMessages } from '../unhandled-messages/block';
import { REMINDER_INTERVAL_MS, remindUnbilled } from './billing-reminders';
import { onCdrHeld, onCdrIssued } from './events/on-cdr';
import { OperatorActionsController } from './http/operator-actions.controller';
import { TransactionsController } from './http/transactions.controller';
import { LateReadings } from './late-readings';
import { startTransaction } from './ocpp16/start-transaction';
import { stopTransaction } from './ocpp16/stop-transaction';
import { transactionEvent } from './ocpp2/transaction-event';
import { OperatorActions } from './operator-actions';
import { transactionsMigration } from './store/migrations/0020-transactions';
import { transactionListMigration } from './store/migrations/0120-transaction-list';
import { noIndexOfActivityMigration } from './store/migrations/0190-no-index-of-activity';
import { tables } from './store/tables';
import { TypeormActivity } from './store/typeorm-activity';
import { TypeormOperatorActions } from './store/typeorm-operator-actions';
import { TypeormSealing } from './store/typeorm-sealing';
import { TypeormTransactionViews } from './store/typeorm-transaction-views';
import { ACTIVE_INTERVAL_MS, ActiveGauge } from './active-gauge';
import { TypeormTransactions } from './store/typeorm-transactions';
import { TransactionAuthorization } from './transaction-authorization';
import { TransactionLimits } from './transaction-limits';
import { TransactionReservations } from './transaction-reservations';
import { TransactionRecorder } from './transaction-recorder';
import { TransactionSealing } from './transaction-sealing';
import { Transactions } from './transactions';

function openStore({ database, outbox, metrics, storeOf }: StoreContext) {
  const { readings, connectorStates } = storeOf(metering);
  return {
    transactions: new TypeormTransactions(database, { outbox, readings, connectorStates }, metrics),
    views: new TypeormTransactionViews(database, { outbox, readings }),
    sealing: new TypeormSealing(database),
    activity: new TypeormActivity(database),
    operatorActions: new TypeormOperatorActions(database),
  };
}

function openRecorder({ storeOf, use }: BuildContext<unknown>, tokenAuthorization: TransactionAuthorization) {
  const transactionLimits = new TransactionLimits({
    limits: storeOf(limits),
    starts: storeOf(remoteControl).starts,
    capabilities: storeOf(capabilities),
  });
  return new TransactionRecorder({
    authorization: tokenAuthorization,
    limits: transactionLimits,
    reservations: new TransactionReservations(use(reservation).sessions),
    readings: storeOf(metering).readings,
    unhandledMessages: storeOf(unhandledMessages),
    telemetry: use(telemetry),
  });
}

export const transactions = defineBlock({
  name: 'transactions',
  migrations: [transactionsMigration, transactionListMigration, noIndexOfActivityMigration],
  tables,
  store: openStore,
  build(context) {
    const { store, use, settings, retention, wakeRelay, passed, now } = context;
    const counted = use(telemetry);
    const { readings, stationReadings, unnamedReadings } = use(metering);
    const { tokens, externalAuthorizer } = use(authorization);
    const tokenAuthorization = new TransactionAuthorization(tokens);
    const recorder = openRecorder(context, tokenAuthorization);
    const transactions = new Transactions({
      ...{ store: store.transactions, activity: store.activity, readings, recorder },
      ...{ authorization: tokenAuthorization, externalAuthorizer, telemetry: counted },
    });
    const lateReadings = new LateReadings({ activity: store.activity, unnamedReadings, store: store.transactions, transactions, now });
    stationReadings.onStored((readings) => lateReadings.onStored(readings));
    return {
      ...{ transactions, store, costDisplay: use(prices).costDisplay, activeGauge: new ActiveGauge(store.activity, context.metrics) },
      operatorActions: new OperatorActions({
        ...{ store: store.transactions, views: store.views, actions: store.operatorActions },
        ...{ recorder, telemetry: counted, wakeRelay, now },
      }),
      sealing: new TransactionSealing({ store: store.sealing, transactions, retention, days: retentionDays(settings), now }),
      remindUnbilled: () => {
        const cdrs = { passed: (instant: number) => passed([CDRS, CDR_REVIEWS], instant) };
        return remindUnbilled({ views: store.views, cdrs, telemetry: counted, wakeRelay, now });
      },
    };
  },
  answers: ({ transactions, costDisplay }) => [
    answer(v16.StartTransaction, startTransaction(transactions, costDisplay)),
    answer(v16.StopTransaction, stopTransaction(transactions, costDisplay)),
    answer(v21.TransactionEvent, transactionEvent(transactions)),
  ],
  on: ({ store: { views } }) => [onCdrIssued(views), onCdrHeld(views)],
  jobs: ({ sealing, remindUnbilled, activeGauge }) => [
    { name: 'count of active transactions', everyMs: ACTIVE_INTERVAL_MS, run: () => activeGauge.measure() },
    { name: 'sealing of old sessions', everyMs: RETENTION_INTERVAL_MS, run: () => sealing.run() },
    { name: 'billing reminders', everyMs: REMINDER_INTERVAL_MS, run: remindUnbilled },
  ],
  controllers: [TransactionsController, OperatorActionsController],
  provides: (provide) => [
    provide(TypeormTransactionViews, ({ store }) => store.views),
    provide(TypeormOperatorActions, ({ store }) => store.operatorActions),
    provide(OperatorActions, ({ operatorActions }) => operatorActions),
  ],
});
