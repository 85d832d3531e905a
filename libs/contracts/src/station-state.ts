/** OCPP versions by their WebSocket subprotocol token. */
export type Protocol = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';

export const PROTOCOLS: readonly Protocol[] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'];

/** Registration state as BootNotification answered it; `unknown` until a service has answered one. */
export type Registration = 'accepted' | 'pending' | 'rejected' | 'unknown';

export const REGISTRATIONS: readonly Registration[] = ['accepted', 'pending', 'rejected', 'unknown'];

/** Lanes of station traffic: one topic per owning service. */
export type Lane = 'transaction' | 'device' | 'router';

/** When a station's message is answered; see `ackClass`. */
export type AckClass = 'edge' | 'durable' | 'service' | 'none';
