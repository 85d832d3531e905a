import type { StationMessage, StoreMany } from '@voltbus/service';
import type { TypeormUnhandledMessages } from './typeorm-unhandled-messages';

/** Stores a message that no rule acts on and answers it as the specification has it; without `answer` by an empty response. */
export function storeUnhandled<Request, Response>(
  store: Pick<TypeormUnhandledMessages, 'writeMany'>,
  answer?: (message: StationMessage<Request>) => Response,
): StoreMany<Request, Response> {
  return {
    shape: 'batch',
    store: (messages) => store.writeMany(messages),
    ...(answer === undefined ? {} : { answer }),
  };
}
