import type { Outbox, openDatabase } from '@voltbus/database';
import { TypeormOperatorActions } from './by-hand/typeorm-operator-actions';
import type { StationAllowance } from '@voltbus/service';
import { TypeormCapabilities } from './capabilities/typeorm-capabilities';
import { TypeormLocalLists } from './local-list/typeorm-local-lists';
import { TypeormConnectorStates } from './metering/typeorm-connector-states';
import { TypeormQrCodes } from './payment/typeorm-qr-codes';
import { TypeormSettlements } from './payment/typeorm-settlements';
import { TypeormCostUpdates } from './store/typeorm-cost-updates';
import { TypeormFreedConnectors } from './store/typeorm-freed-connectors';
import { TypeormLimits } from './store/typeorm-limits';
import { TypeormNamelessReadings } from './store/typeorm-nameless-readings';
import { TypeormNotices } from './store/typeorm-notices';
import { TypeormPresence } from './store/typeorm-presence';
import { TypeormPrices } from './store/typeorm-prices';
import { TypeormReadings } from './store/typeorm-readings';
import { TypeormRemoteStarts } from './store/typeorm-remote-starts';
import { TypeormRemoteStops } from './store/typeorm-remote-stops';
import { TypeormSealing } from './store/typeorm-sealing';
import { TypeormSilence } from './store/typeorm-silence';
import { TypeormStationRows } from './store/typeorm-station-rows';
import { TypeormTokens } from './store/typeorm-tokens';
import { TypeormTransactionViews } from './store/typeorm-transaction-views';
import { TypeormTransactions } from './store/typeorm-transactions';

export type Database = Awaited<ReturnType<typeof openDatabase>>;

/** How much is kept of what each station says. */
export type Allowances = Readonly<Record<'readings' | 'notices', Pick<StationAllowance, 'within'>>>;

/** Everything this service keeps, in its schema of one database. */
export type Stores = ReturnType<typeof openStores>;

export function openStores(database: Database, outbox: Outbox, allowances: Allowances) {
  const readings = new TypeormReadings(database, allowances.readings);
  const tokens = new TypeormTokens(database);
  const starts = new TypeormRemoteStarts(database);
  const silence = new TypeormSilence(database);
  const limits = new TypeormLimits(database);
  const capabilities = new TypeormCapabilities(database);
  const notices = new TypeormNotices(database, allowances.notices);
  const operatorActions = new TypeormOperatorActions(database);
  const connectorStates = new TypeormConnectorStates(database);
  return {
    readings,
    tokens,
    starts,
    silence,
    limits,
    capabilities,
    connectorStates,
    operatorActions,
    notices,
    stationRows: new TypeormStationRows(database),
    sealing: new TypeormSealing(database),
    stops: new TypeormRemoteStops(database),
    nameless: new TypeormNamelessReadings(database),
    transactions: new TypeormTransactions(database, {
      limits,
      capabilities,
      connectorStates,
      operatorActions,
      notices,
      outbox,
      readings,
      tokens,
      starts,
      silence,
    }),
    views: new TypeormTransactionViews(database, { outbox, readings }),
    prices: new TypeormPrices(database),
    costUpdates: new TypeormCostUpdates(database),
    localLists: new TypeormLocalLists(database),
    freedConnectors: new TypeormFreedConnectors(database),
    presence: new TypeormPresence(database),
    settlements: new TypeormSettlements(database),
    qrCodes: new TypeormQrCodes(database),
  };
}
