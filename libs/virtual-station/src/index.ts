export { BY_THE_BOOK, PERSONALITIES, type Personality } from './personality';
export { qrCodeAddress, type QrShowing } from './qr-code';
export { seededRandom, type Random } from './random';
export { type Session } from './session';
export { VirtualStation, type SessionPlan, type StationObserver, type StationOptions } from './virtual-station';
export { Refused, type Dial, type Target, type Wire, type WireListener } from './wire';
export { dialWebSocket } from './ws-wire';
