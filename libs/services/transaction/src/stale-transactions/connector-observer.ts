import { isQuirkOn } from '@voltbus/contracts';
import type { StationMessage } from '@voltbus/service';
import { connectorStates, type TypeormConnectorStates } from '../metering';
import type { Transactions } from '../transactions';
import { connectorStatuses as connectorStatuses16 } from './ocpp16/connector-status';
import { connectorStatuses as connectorStatuses2, connectorStatusesOfEvent } from './ocpp2/connector-status';
import type { ConnectorStatus, TypeormFreeConnectors } from './store/typeorm-free-connectors';

/** Actions of the device lane, which device-config answers and this service only observes. */
export const CONNECTOR_ACTIONS = ['StatusNotification', 'NotifyEvent'] as const;

/**
 * Quirk 14: a connector that becomes free may be the only sign that a session has ended; `StaleTransactions` judges it.
 * In 1.6 the connector's status is also the only report of charging and idling.
 */
export class ConnectorObserver {
  constructor(
    private readonly store: TypeormFreeConnectors,
    private readonly states: TypeormConnectorStates,
    private readonly transactions: Pick<Transactions, 'revise'>,
  ) {}

  async observe(messages: readonly StationMessage<never>[]): Promise<void> {
    const statuses = messages.flatMap(statusesIn);
    if (statuses.length > 0) await this.store.write(statuses);
    const states = messages.flatMap((message) => (isStatus16(message) ? connectorStates(message) : []));
    if (states.length === 0) return;
    await this.states.write(states);
    for (const { ref, id, at } of await this.states.around(states)) await this.transactions.revise(ref, id, at);
  }
}

/** Where `Available` proves nothing (`available-ends` is off), only that a connector is in use counts. */
function statusesIn(message: StationMessage<never>): ConnectorStatus[] {
  const statuses = allStatusesIn(message);
  return isQuirkOn(message.quirks ?? {}, 'available-ends') ? statuses : statuses.filter(({ free }) => !free);
}

function allStatusesIn(message: StationMessage<never>): ConnectorStatus[] {
  const { protocol, action } = message;
  if (protocol === 'ocpp1.6') return isStatus16(message) ? connectorStatuses16(message) : [];
  return action === 'StatusNotification' ? connectorStatuses2(message) : connectorStatusesOfEvent(message);
}

function isStatus16({ protocol, action }: StationMessage<never>): boolean {
  return protocol === 'ocpp1.6' && action === 'StatusNotification';
}
