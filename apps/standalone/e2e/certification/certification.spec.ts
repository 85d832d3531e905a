import { startStandalone, type Standalone } from '@voltbus/testing';
import { ContractPki } from './contract-pki';
import * as ocpp16 from './ocpp16';
import * as ocpp2 from './ocpp2';
import * as ocpp21 from './ocpp21';
import { StationPki } from './station-pki';
import { COST_SECONDS, RECEIPTS, UPLOAD_URL, World } from './world';

let standalone: Standalone;
let running: World;
let contractPki: ContractPki;
let stationPki: StationPki;
const world = (): World => running;

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
  running = new World(standalone);
  await running.prepare();
});
afterEach(() => running.disconnectAll());
afterAll(async () => {
  await standalone?.stop();
  await contractPki?.responder.close();
  stationPki?.remove();
});

/** One system for all of them: each case brings a station of its own. `npm run docs:certification` lists the titles. */
describe('the certification cases of OCPP 1.6', () => {
  ocpp16.connecting(world);
  ocpp16.secured(world, () => stationPki);
  ocpp16.password(world);
  ocpp16.certificates(world, () => stationPki);
  ocpp16.charging(world);
  ocpp16.contracts(world, () => contractPki);
  ocpp16.remote(world);
  ocpp16.reservation(world);
  ocpp16.plainCommands(world);
  ocpp16.firmware(world);
  ocpp16.logs(world);
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('the certification cases of %s', (protocol) => {
  ocpp2.connecting(world, protocol);
  ocpp2.secured(world, () => stationPki, protocol);
  ocpp2.password(world, protocol);
  ocpp2.certificates(world, () => stationPki, protocol);
  ocpp2.authorization(world, protocol);
  ocpp2.contracts(world, () => contractPki, protocol);
  ocpp2.transactions(world, protocol);
  ocpp2.remote(world, protocol);
  ocpp2.metering(world, protocol);
  ocpp2.costs(world, protocol);
  ocpp2.reservation(world, protocol);
  ocpp2.display(world, protocol);
  ocpp2.plainCommands(world, protocol);
  ocpp2.configuration(world, protocol);
  ocpp2.localList(world, protocol);
  ocpp2.firmware(world, protocol);
  ocpp2.logs(world, protocol);
  ocpp2.monitors(world, protocol);
  ocpp2.customers(world, protocol);
});

describe('the certification cases that only ocpp2.1 has', () => {
  ocpp21.added(world);
  ocpp21.tariffs(world);
  ocpp21.limits(world);
  ocpp21.payment(world);
  ocpp21.qrCodes(world);
  ocpp21.display(world);
  ocpp21.logs(world);
  ocpp21.eventStreams(world);
});
