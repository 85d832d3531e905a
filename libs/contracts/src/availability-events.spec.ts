import { availabilityEvents } from './availability-events';

const event = (name: string, variable: string, evse?: { id: number; connectorId?: number }) => ({
  component: { name, ...(evse === undefined ? {} : { evse }) },
  variable: { name: variable },
  actualValue: 'Occupied',
  timestamp: '2026-05-01T12:00:00Z',
});

it('G01 reads the states of connectors from a NotifyEvent, and nothing else', () => {
  const eventData = [
    event('Connector', 'AvailabilityState', { id: 2, connectorId: 1 }),
    event('Connector', 'Available', { id: 2, connectorId: 1 }),
    event('EVSE', 'AvailabilityState', { id: 2 }),
    event('Connector', 'AvailabilityState', { id: 2 }),
    event('Connector', 'AvailabilityState', { id: 2 ** 31, connectorId: 1 }),
    event('Connector', 'AvailabilityState'),
  ];
  expect(availabilityEvents({ eventData })).toEqual([{ evse: 2, connector: 1, state: 'Occupied', timestamp: '2026-05-01T12:00:00Z' }]);
});
