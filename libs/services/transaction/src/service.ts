import { CDRS, PRICES, STATIONS, TENANTS } from '@voltbus/contracts';
import { deletedTenants, tablesOf, tokenErasures, type ServiceDefinition } from '@voltbus/service';
import { authorization } from './authorization/block';
import { capabilities } from './capabilities/block';
import { costMessages } from './cost-messages/block';
import { limitEnforcement } from './limit-enforcement/block';
import { limits } from './limits/block';
import { localList } from './local-list/block';
import { metering } from './metering/block';
import { payment } from './payment/block';
import { plugAndCharge } from './plug-and-charge/block';
import { personalData } from './personal-data/block';
import { presence } from './presence/block';
import { prices } from './prices/block';
import { remoteControl } from './remote-control/block';
import { reservation } from './reservation/block';
import { runningCost } from './running-cost/block';
import { staleTransactions } from './stale-transactions/block';
import { telemetry } from './telemetry';
import { transactions } from './transactions/block';
import { unhandledMessages } from './unhandled-messages/block';

/** The transaction service: a block may use those that stand before it. */
export const transactionService: ServiceDefinition = {
  name: 'transaction',
  schema: 'transactions',
  lane: 'transaction',
  blocks: [
    telemetry,
    deletedTenants('transactions', '0140-deleted-tenants'),
    tokenErasures('transactions', {
      service: 'transaction',
      migration: '0160-token-erasures',
      declared: () => tablesOf(transactionService),
    }),
    unhandledMessages,
    presence,
    limits,
    prices,
    plugAndCharge,
    authorization,
    remoteControl,
    capabilities,
    localList,
    metering,
    reservation,
    transactions,
    runningCost,
    costMessages,
    limitEnforcement,
    staleTransactions,
    payment,
    personalData,
  ],
  // these topics have few events and none that waits: one consumer group for two of them (ADR 11)
  together: [
    [TENANTS, CDRS],
    [STATIONS, PRICES],
  ],
};
