import { transportContract } from './transport-contract';
import { WsTransport } from './ws-transport';

describe('WsTransport', () => {
  transportContract((handler, limits) => new WsTransport(handler, limits));
});
