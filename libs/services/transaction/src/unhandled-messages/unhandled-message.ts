import type { StationMessage, StoreMany } from '@voltbus/service';
import type { TypeormUnhandledMessages } from './store/typeorm-unhandled-messages';

/**
 * A message that no rule acts on yet. It is stored as it came, and answered as the specification demands: `response`
 * builds the answer.
 */
export function storeUnhandled<Request, Response extends object>(
  store: TypeormUnhandledMessages,
  response: (message: StationMessage<Request>) => Response,
): StoreMany<Request, Response> {
  return { shape: 'batch', store: (messages) => store.writeMany(messages), answer: response };
}
