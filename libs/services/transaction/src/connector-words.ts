import type { StationMessage } from '@voltbus/service';
import type { TypeormConnectorStates } from './metering/typeorm-connector-states';
import * as ocpp16 from './ocpp16';
import * as ocpp2 from './ocpp2';
import type { ConnectorWord, TypeormFreedConnectors } from './store/typeorm-freed-connectors';
import type { Transactions } from './transactions';

/** What device-config answers and this service hears. */
export const CONNECTOR_ACTIONS = ['StatusNotification', 'NotifyEvent'] as const;

/**
 * Quirk 14: the end of a session may be told by nothing but a connector that is free again. What that means is for `Silence` to judge. In 1.6
 * charging and idling are told by nothing else.
 */
export class ConnectorWords {
  constructor(
    private readonly store: TypeormFreedConnectors,
    private readonly states: TypeormConnectorStates,
    private readonly transactions: Pick<Transactions, 'revise'>,
  ) {}

  async take(messages: readonly StationMessage<never>[]): Promise<void> {
    const words = messages.flatMap(wordsIn);
    if (words.length > 0) await this.store.write(words);
    const states = messages.flatMap((message) => (isStatus16(message) ? ocpp16.connectorStates(message) : []));
    if (states.length === 0) return;
    await this.states.write(states);
    for (const { ref, id, at } of await this.states.around(states)) await this.transactions.revise(ref, id, at);
  }
}

function wordsIn(message: StationMessage<never>): ConnectorWord[] {
  const { protocol, action } = message;
  if (protocol === 'ocpp1.6') return isStatus16(message) ? ocpp16.connectorWords(message) : [];
  return action === 'StatusNotification' ? ocpp2.statusWords(message) : ocpp2.eventWords(message);
}

function isStatus16({ protocol, action }: StationMessage<never>): boolean {
  return protocol === 'ocpp1.6' && action === 'StatusNotification';
}
