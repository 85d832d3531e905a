import * as ocpp2 from './ocpp2';
import type { CertifiedSystem } from './system';

/** The cases that 2.0.1 and 2.1 have in common. */
export function certify2({ world, contractPki, stationPki }: CertifiedSystem, protocol: 'ocpp2.0.1' | 'ocpp2.1'): void {
  describe(`the certification cases of ${protocol}`, () => {
    ocpp2.connecting(world, protocol);
    ocpp2.secured(world, stationPki, protocol);
    ocpp2.password(world, protocol);
    ocpp2.certificates(world, stationPki, protocol);
    ocpp2.installedCertificates(world, stationPki, protocol);
    ocpp2.authorization(world, protocol);
    ocpp2.contracts(world, contractPki, protocol);
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
}
