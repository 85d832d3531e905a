export { PERSONALITIES } from './personality/personalities';
export { BY_THE_BOOK, type Personality } from './personality/personality';
export { qrCodeAddress, type QrCodeRequest } from './charging/qr-code';
export { seededRandom, type Random } from './random';
export { type Session } from './charging/session';
export { type SessionPlan, type StationObserver, type StationOptions } from './station-options';
export { VirtualStation } from './virtual-station';
export { UpgradeRefused, type Dial, type SocketListener, type StationSocket, type StationTls, type Target } from './connection/socket';
export { dialWebSocket } from './connection/ws-socket';
