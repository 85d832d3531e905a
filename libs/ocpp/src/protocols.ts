/** OCPP versions by their WebSocket subprotocol token. */
export type Protocol = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';
