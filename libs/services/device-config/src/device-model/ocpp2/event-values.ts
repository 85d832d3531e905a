import { groupByStation } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';
import type { DeviceModel } from '../device-model';
import { nameOf, valueText, type Observation } from '../domain/observation';

type Message = StationMessage<v21.NotifyEventRequest>;

/** N07, N08: an event carries the value that its variable has now. The events of one batch are milliseconds apart. */
export async function observeEventValues(model: Pick<DeviceModel, 'observe'>, messages: readonly Message[]): Promise<void> {
  for (const { ref, items } of groupByStation(messages, (message) => message.ref)) {
    const last = items.at(-1);
    if (last === undefined) continue; // a group is never empty
    await model.observe(
      ref,
      items.flatMap(({ payload }) => valuesIn(payload)),
      { source: 'event', at: last.receivedAt },
    );
  }
}

function valuesIn({ eventData }: v21.NotifyEventRequest): Observation[] {
  return eventData.flatMap(({ component, variable, actualValue }) => {
    const name = nameOf({ component, variable });
    return name === null ? [] : [{ name, attributes: [{ type: 'Actual' as const, value: valueText(actualValue) }] }];
  });
}
