import { certify2 } from './certify-2';
import * as ocpp21 from './ocpp21';
import { certifiedSystem } from './system';

const system = certifiedSystem();
const { world } = system;

certify2(system, 'ocpp2.1');

describe('the certification cases that only ocpp2.1 has', () => {
  ocpp21.added(world);
  ocpp21.certificates(world);
  ocpp21.tariffs(world);
  ocpp21.limits(world);
  ocpp21.payment(world);
  ocpp21.qrCodes(world);
  ocpp21.display(world);
  ocpp21.logs(world);
  ocpp21.eventStreams(world);
});
