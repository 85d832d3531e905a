import * as ocpp16 from './ocpp16';
import { certifiedSystem } from './system';

const { world, contractPki, stationPki } = certifiedSystem();

/** `npm run docs:certification` lists the titles. */
describe('the certification cases of OCPP 1.6', () => {
  ocpp16.connecting(world);
  ocpp16.secured(world, stationPki);
  ocpp16.password(world);
  ocpp16.certificates(world, stationPki);
  ocpp16.installedCertificates(world, stationPki);
  ocpp16.charging(world);
  ocpp16.contracts(world, contractPki);
  ocpp16.remote(world);
  ocpp16.reservation(world);
  ocpp16.plainCommands(world);
  ocpp16.firmware(world);
  ocpp16.logs(world);
});
