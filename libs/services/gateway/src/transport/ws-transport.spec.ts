import { transportContract } from './testing/transport-contract';
import { WsTransport } from './ws-transport';

describe('WsTransport', () => {
  transportContract((handler, limits) => new WsTransport(handler, limits));
});
