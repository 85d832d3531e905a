import { stationKey, type StationRef } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';
import type { DeviceModel } from '../device-model';
import { nameOf, valueText, type Observation } from '../domain/observation';

type Message = StationMessage<v21.NotifyEventRequest>;

/** N07, N08: an event carries the value that its variable has now. */
export async function observeEventValues(model: Pick<DeviceModel, 'observe'>, messages: readonly Message[]): Promise<void> {
  for (const { ref, observations, at } of byStation(messages).values()) await model.observe(ref, observations, { source: 'event', at });
}

interface EventValues {
  ref: StationRef;
  observations: Observation[];
  at: Date;
}

/** The values of one batch, which are milliseconds apart, in their order. */
function byStation(messages: readonly Message[]): Map<string, EventValues> {
  const stations = new Map<string, EventValues>();
  for (const { ref, payload, receivedAt } of messages) {
    const known = stations.get(stationKey(ref))?.observations ?? [];
    stations.set(stationKey(ref), { ref, observations: [...known, ...valuesIn(payload)], at: receivedAt });
  }
  return stations;
}

function valuesIn({ eventData }: v21.NotifyEventRequest): Observation[] {
  return eventData.flatMap(({ component, variable, actualValue }) => {
    const name = nameOf({ component, variable });
    return name === null ? [] : [{ name, attributes: [{ type: 'Actual' as const, value: valueText(actualValue) }] }];
  });
}
