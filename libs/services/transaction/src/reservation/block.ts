import { CONNECTIONS, STATIONS } from '@voltbus/contracts';
import { v21 } from '@voltbus/ocpp';
import { answer, defineBlock, onBatch, onEach } from '@voltbus/service';
import { authorization } from '../authorization/block';
import { drawStationNumber } from '../remote-control';
import { onCommandEnded } from '../stations/command-results';
import { telemetry } from '../telemetry';
import { unhandledMessages } from '../unhandled-messages/block';
import { ReservationsController } from './http/reservations.controller';
import { UPKEEP_INTERVAL_MS } from './limits';
import { reservationStatusUpdate } from './ocpp2/reservation-status-update';
import { RESERVATION_ACTIONS, ReservationResults } from './reservation-results';
import { Reservations } from './reservations';
import { ReservationUpkeep } from './reservation-upkeep';
import { SessionReservations } from './session-reservations';
import { reservationsMigration } from './store/migrations/0150-reservations';
import { tables } from './store/tables';
import { TypeormReservations } from './store/typeorm-reservations';

/** OCPP block H, 1.6 sections 5.1 and 5.13: places at stations that are kept for a driver. */
export const reservation = defineBlock({
  name: 'reservation',
  migrations: [reservationsMigration],
  tables,
  store: ({ database, outbox, metrics }) => new TypeormReservations(database, outbox, metrics),
  build({ store, use, commands, sendCommand, connections, now }) {
    const counted = use(telemetry);
    const { tokens } = use(authorization);
    const results = new ReservationResults({ store, telemetry: counted, now });
    return {
      ...{ store, results, unhandled: use(unhandledMessages).store, now },
      sessions: new SessionReservations({ store, telemetry: counted }),
      upkeep: new ReservationUpkeep({ store, results, tokens, sendCommand, now }),
      reservations: new Reservations({
        ...{ store, results, tokens, commands, connections, now },
        ...{ telemetry: counted, drawId: drawStationNumber },
      }),
    };
  },
  answers: (parts) => [answer(v21.ReservationStatusUpdate, reservationStatusUpdate(parts))],
  on: ({ results, store, now }) => [
    onBatch(CONNECTIONS.events.connected, (events) =>
      store.onConnected(
        events.map(({ data }) => data),
        now(),
      ),
    ),
    onCommandEnded(RESERVATION_ACTIONS, (command) => results.onEnded(command)),
    onEach(STATIONS.events.deleted, ({ data }) => results.onStationDeleted(data)),
  ],
  observes: ({ upkeep }) => [{ lane: 'device', actions: ['BootNotification'], handle: (messages) => upkeep.onBoots(messages) }],
  jobs: ({ upkeep }) => [{ name: 'reservations', everyMs: UPKEEP_INTERVAL_MS, run: () => upkeep.sweep() }],
  controllers: [ReservationsController],
  provides: (provide) => [provide(Reservations, ({ reservations }) => reservations), provide(TypeormReservations, ({ store }) => store)],
});
