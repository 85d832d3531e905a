import { stationNumber } from './station-numbers';

/** An event of a NotifyEvent, with the members that are read here. */
interface ReportedEvent {
  component: { name: string; evse?: { id: number; connectorId?: number } };
  variable: { name: string };
  actualValue: string;
  timestamp: string;
}

/** The availability state of a connector, as a station reports it. */
export interface AvailabilityEvent {
  evse: number;
  connector: number;
  /** A ConnectorStatus, unless the station invented it. */
  state: string;
  /** As the station wrote it. */
  timestamp: string;
}

/** G01: the states that a NotifyEvent reports of `Connector/AvailabilityState`, instead of StatusNotifications. Leaves out those that name no connector. */
export function availabilityEvents({ eventData }: { eventData: readonly ReportedEvent[] }): AvailabilityEvent[] {
  return eventData.flatMap(({ component, variable, actualValue, timestamp }) => {
    const [evse, connector] = [stationNumber(component.evse?.id), stationNumber(component.evse?.connectorId)];
    if (component.name !== 'Connector' || variable.name !== 'AvailabilityState' || evse === null || connector === null) return [];
    return [{ evse, connector, state: actualValue, timestamp }];
  });
}
