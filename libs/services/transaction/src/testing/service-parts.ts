import type { Service } from '@voltbus/service';
import { authorization } from '../authorization/block';
import { capabilities } from '../capabilities/block';
import { costMessages } from '../cost-messages/block';
import { limitEnforcement } from '../limit-enforcement/block';
import { limits } from '../limits/block';
import { localList } from '../local-list/block';
import { metering } from '../metering/block';
import { payment } from '../payment/block';
import { plugAndCharge } from '../plug-and-charge/block';
import { presence } from '../presence/block';
import { prices } from '../prices/block';
import { remoteControl } from '../remote-control/block';
import { reservation } from '../reservation/block';
import { runningCost } from '../running-cost/block';
import { staleTransactions } from '../stale-transactions/block';
import { transactions } from '../transactions/block';

export type TransactionParts = ReturnType<typeof partsOf>;

/**
 * What the blocks of an opened service have built, by the names that specs use. Others are waited for as long as
 * `patientMs`.
 */
export function partsOf(service: Service, patientMs: number) {
  const { tokens, authorizer } = service.use(authorization);
  const { store, sealing, operatorActions } = service.use(transactions);
  const { starts, stops, targets } = service.use(remoteControl);
  const { readings, connectorStates, makePartitions } = service.use(metering);
  const { settlements, qrCodes } = service.use(payment);
  service.use(plugAndCharge).ocsp.timeoutMs = patientMs;
  if (authorizer !== null) authorizer.timeoutMs = patientMs;
  return {
    tokenStore: tokens,
    limitStore: service.use(limits).limits,
    readingStore: readings,
    operatorActionStore: store.operatorActions,
    views: store.views,
    transactionSealing: sealing,
    operatorActions,
    prices: service.use(prices).prices,
    presence: service.use(presence).presence,
    capabilities: service.use(capabilities).capabilities,
    localLists: service.use(localList).localLists,
    limits: service.use(limitEnforcement).limitEnforcement,
    costMessages: service.use(costMessages).messages,
    costUpdates: service.use(runningCost).costUpdates,
    ...service.use(staleTransactions),
    ...reservationParts(service),
    ...{ starts, stops, targets, connectorStates, settlements, qrCodes, makePartitions },
  };
}

function reservationParts(service: Service) {
  const { store, results, upkeep } = service.use(reservation);
  return { reservationStore: store, reservationResults: results, reservationUpkeep: upkeep };
}
