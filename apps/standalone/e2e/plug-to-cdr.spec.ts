import { Api, proveGroupPrices, proveListening, provePlugToCdr, startStandalone, type Shape, type Standalone } from '@voltbus/testing';

let standalone: Standalone;

beforeAll(async () => {
  standalone = await startStandalone();
});
afterAll(() => standalone?.stop());

const shape = (): Shape => ({ api: new Api(standalone.apiUrl, standalone.adminKey), ocppUrls: [standalone.ocppUrl] });

describe('standalone on its embedded defaults', () => {
  provePlugToCdr(shape, 'in-process');
  proveGroupPrices(shape);
  proveListening(shape);
});
