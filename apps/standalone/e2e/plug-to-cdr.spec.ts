import {
  Api,
  metricsDocumented,
  metricsShown,
  proveGroupPrices,
  proveEventStream,
  provePlugToCdr,
  startStandalone,
  type Shape,
  type Standalone,
} from '@voltbus/testing';
import { proveTutorial } from './tutorial';

let standalone: Standalone;

beforeAll(async () => {
  standalone = await startStandalone();
});
afterAll(() => standalone?.stop());

const shape = (): Shape => ({ api: new Api(standalone.apiUrl, standalone.adminKey), ocppUrls: [standalone.ocppUrl] });

describe('standalone on its embedded defaults', () => {
  provePlugToCdr(shape, 'in-process');
  proveGroupPrices(shape);
  proveEventStream(shape);

  it('shows the metrics that docs/reference/metrics.md names, by no other label', async () => {
    const documented = [...metricsDocumented(), ...['', ' process', ' node'].map((label) => `csms_build_info${label}`)];
    const shown = await metricsShown(standalone.internalUrl);
    expect(shown).toEqual(
      expect.arrayContaining(['csms_gateway_handshakes_total result', 'csms_cdrs_total kind', 'csms_db_pool_in_use schema']),
    );
    expect(shown.filter((one) => !documented.includes(one))).toEqual([]);
  });

  proveTutorial(() => standalone);
});
