import type { StationMessage, StoreMany } from '@voltbus/service';
import type { TypeormUnhandledMessages } from './typeorm-unhandled-messages';

/**
 * A message no rule acts on yet: kept as it came and answered as the specification has it. `answer` builds the response where it is not
 * empty.
 */
export function storeUnhandled<Request>(store: TypeormUnhandledMessages, answer?: (message: StationMessage<Request>) => object): StoreMany {
  return {
    shape: 'batch',
    store: (messages: StationMessage<Request>[]) => store.writeMany(messages),
    answer: (message: StationMessage<Request>) => answer?.(message) ?? {},
  };
}
