import { startStandalone, type Standalone } from '@voltbus/testing';
import { ContractPki } from './contract-pki';
import { StationPki } from './station-pki';
import { COST_SECONDS, RECEIPTS, UPLOAD_URL, World } from './world';

/** What the cases of a spec use; there from `beforeAll` on. */
export interface CertifiedSystem {
  world(): World;
  contractPki(): ContractPki;
  stationPki(): StationPki;
}

/** One system for all cases of a spec: each brings a station of its own. */
export function certifiedSystem(): CertifiedSystem {
  let standalone: Standalone;
  let world: World;
  let contractPki: ContractPki;
  let stationPki: StationPki;
  beforeAll(async () => {
    [contractPki, stationPki] = await Promise.all([ContractPki.start(), StationPki.start()]);
    standalone = await startStandalone({
      // the laboratory's tool takes a call that nobody asked for as a failure
      env: {
        VOLTBUS_REPORTS_AT_ONCE: '0',
        VOLTBUS_COST_SECONDS: String(COST_SECONDS),
        VOLTBUS_UPLOAD_URL: UPLOAD_URL,
        VOLTBUS_RECEIPT_URL: `${RECEIPTS}/{transaction}`,
        ...contractPki.env,
        ...stationPki.env,
      },
    });
    world = new World(standalone);
    await world.prepare();
  });
  afterEach(() => world.disconnectAll());
  afterAll(async () => {
    await standalone?.stop();
    await contractPki?.close();
    stationPki?.remove();
  });
  return { world: () => world, contractPki: () => contractPki, stationPki: () => stationPki };
}
