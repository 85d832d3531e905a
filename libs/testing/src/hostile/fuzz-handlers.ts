import fc from 'fast-check';
import { actionsOf, type Protocol } from '@voltbus/ocpp';
import { fuzzOptions, fuzzedPayload } from './fuzz';
import { sendMessages, type Table } from './send-hostile-messages';

/** Messages of a lane that arrive one after the other, in any order and with repeats. */
const MOST_MESSAGES = 8;

/**
 * Sends sequences of fuzzed messages of a version to the handlers of a service, as its lane does, until the time is over. Rejects with the
 * shortest sequence that is a defect.
 */
export async function fuzzHandlers(table: Table, protocol: Protocol, handles: (action: string) => boolean): Promise<void> {
  const actions = actionsOf(protocol).filter(({ action, initiator }) => initiator !== 'csms' && handles(action));
  const message = fc
    .constantFrom(...actions.map(({ action }) => action))
    .chain((action) => fuzzedPayload(protocol, `${action}Request`).map((json) => ({ action, json })));
  const messages = fc.array(
    fc.oneof(
      message,
      message.map((one) => ({ ...one, repeated: true })),
    ),
    { minLength: 1, maxLength: MOST_MESSAGES },
  );
  await fc.assert(
    fc.asyncProperty(messages, async (sequence) => {
      for (const one of sequence.flatMap((item) => ('repeated' in item ? [item, item] : [item]))) {
        const defects = await sendMessages(table, protocol, one.action, [one.json]);
        if (defects.length > 0) throw new Error(`${one.action} ${one.json.slice(0, 2_000)}: ${defects.join('; ')}`);
      }
    }),
    fuzzOptions(),
  );
}
