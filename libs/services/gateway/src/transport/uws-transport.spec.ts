import { transportContract } from './transport-contract';
import { UwsTransport } from './uws-transport';

describe('UwsTransport', () => {
  transportContract((handler, limits) => new UwsTransport(handler, limits));
});
