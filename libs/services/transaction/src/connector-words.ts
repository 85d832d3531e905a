import type { StationMessage } from '@voltbus/station-link';
import * as ocpp16 from './ocpp16';
import * as ocpp2 from './ocpp2';
import type { ConnectorWord, TypeormFreedConnectors } from './store/typeorm-freed-connectors';

/** What device-config answers and this service hears. */
export const CONNECTOR_ACTIONS = ['StatusNotification', 'NotifyEvent'] as const;

/** Quirk 14: the end of a session may be told by nothing but a connector that is free again. What that means is for `Silence` to judge. */
export class ConnectorWords {
  constructor(private readonly store: TypeormFreedConnectors) {}

  async take(messages: readonly StationMessage<never>[]): Promise<void> {
    const words = messages.flatMap(wordsIn);
    if (words.length > 0) await this.store.write(words);
  }
}

function wordsIn(message: StationMessage<never>): ConnectorWord[] {
  const { protocol, action } = message;
  if (protocol === 'ocpp1.6') return action === 'StatusNotification' ? ocpp16.connectorWords(message) : [];
  return action === 'StatusNotification' ? ocpp2.statusWords(message) : ocpp2.eventWords(message);
}
