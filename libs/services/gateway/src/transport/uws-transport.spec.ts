import { transportContract } from './testing/transport-contract';
import { UwsTransport } from './uws-transport';

describe('UwsTransport', () => {
  transportContract((handler, limits) => new UwsTransport(handler, limits));
});
