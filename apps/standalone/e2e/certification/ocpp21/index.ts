export { added } from './added';
export { tariffs } from './tariffs';
export { limits } from './limits';
export { payment } from './payment';
export { qrCodes } from './qr-codes';
export { display } from './display';
export { logs } from './logs';
export { eventStreams } from './event-streams';
