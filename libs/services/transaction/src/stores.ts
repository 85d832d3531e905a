import type { Outbox, openDatabase } from '@voltbus/database';
import { TypeormOperatorActions } from './transactions/store/typeorm-operator-actions';
import type { StationAllowance } from '@voltbus/service';
import { TypeormCapabilities } from './capabilities/store/typeorm-capabilities';
import { TypeormLocalLists } from './local-list/store/typeorm-local-lists';
import { TypeormConnectorStates } from './metering/store/typeorm-connector-states';
import { TypeormQrCodes } from './payment/store/typeorm-qr-codes';
import { TypeormSettlements } from './payment/store/typeorm-settlements';
import { TypeormCostUpdates } from './running-cost/store/typeorm-cost-updates';
import { TypeormFreeConnectors } from './stale-transactions/store/typeorm-free-connectors';
import { TypeormLimits } from './limits/store/typeorm-limits';
import { TypeormUnnamedReadings } from './metering/store/typeorm-unnamed-readings';
import { TypeormUnhandledMessages } from './unhandled-messages/store/typeorm-unhandled-messages';
import { TypeormPresence } from './stale-transactions/store/typeorm-presence';
import { TypeormPrices } from './running-cost/store/typeorm-prices';
import { TypeormReadings } from './metering/store/typeorm-readings';
import { TypeormRemoteStarts } from './remote-control/store/typeorm-remote-starts';
import { TypeormRemoteStops } from './remote-control/store/typeorm-remote-stops';
import { TypeormSealing } from './transactions/store/typeorm-sealing';
import { TypeormStaleTransactions } from './stale-transactions/store/typeorm-stale-transactions';
import { TypeormStationRows } from './store/typeorm-station-rows';
import { TypeormTokens } from './authorization/store/typeorm-tokens';
import { TypeormTransactionViews } from './transactions/store/typeorm-transaction-views';
import { TypeormTransactions } from './transactions/store/typeorm-transactions';

export type Database = Awaited<ReturnType<typeof openDatabase>>;

/** How much is kept of what each station says. */
export type Allowances = Readonly<Record<'readings' | 'unhandledMessages', Pick<StationAllowance, 'within'>>>;

/** Everything this service keeps, in its schema of one database. */
export type Stores = ReturnType<typeof openStores>;

export function openStores(database: Database, outbox: Outbox, allowances: Allowances) {
  const readings = new TypeormReadings(database, allowances.readings);
  const tokens = new TypeormTokens(database);
  const starts = new TypeormRemoteStarts(database);
  const staleTransactions = new TypeormStaleTransactions(database);
  const limits = new TypeormLimits(database);
  const capabilities = new TypeormCapabilities(database);
  const unhandledMessages = new TypeormUnhandledMessages(database, allowances.unhandledMessages);
  const operatorActions = new TypeormOperatorActions(database);
  const connectorStates = new TypeormConnectorStates(database);
  return {
    readings,
    tokens,
    starts,
    staleTransactions,
    limits,
    capabilities,
    connectorStates,
    operatorActions,
    unhandledMessages,
    stationRows: new TypeormStationRows(database),
    sealing: new TypeormSealing(database),
    stops: new TypeormRemoteStops(database),
    unnamedReadings: new TypeormUnnamedReadings(database),
    transactions: new TypeormTransactions(database, {
      limits,
      capabilities,
      connectorStates,
      operatorActions,
      unhandledMessages,
      outbox,
      readings,
      tokens,
      starts,
      staleTransactions,
    }),
    views: new TypeormTransactionViews(database, { outbox, readings }),
    prices: new TypeormPrices(database),
    costUpdates: new TypeormCostUpdates(database),
    localLists: new TypeormLocalLists(database),
    freeConnectors: new TypeormFreeConnectors(database),
    presence: new TypeormPresence(database),
    settlements: new TypeormSettlements(database),
    qrCodes: new TypeormQrCodes(database),
  };
}
