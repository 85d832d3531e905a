export type { SessionReservations } from './session-reservations';
