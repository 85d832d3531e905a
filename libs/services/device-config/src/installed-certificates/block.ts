import { COMMAND_RESULTS, CONNECTIONS } from '@voltbus/contracts';
import { defineBlock, onBatch, onEach } from '@voltbus/service';
import { deviceModel } from '../device-model';
import { CertificateReports } from './certificate-reports';
import { InstalledCertificatesController } from './http/installed-certificates.controller';
import { InstalledCertificates } from './installed-certificates';
import { SWEEP_INTERVAL_MS } from './limits';
import { RootReplacements } from './root-replacements';
import { installedCertificatesMigration } from './store/migrations/0360-installed-certificates';
import { tables } from './store/tables';
import { TypeormInstalledCertificates } from './store/typeorm-installed-certificates';

/** OCPP M03, M04, M05; 1.6 security whitepaper: the CA certificates of stations. */
export const installedCertificates = defineBlock({
  name: 'installed-certificates',
  migrations: [installedCertificatesMigration],
  tables,
  store: ({ database }) => new TypeormInstalledCertificates(database),
  build({ store, use, commands, sendCommand, settings, now }) {
    const certificates = new InstalledCertificates({ store, model: use(deviceModel).store, commands, now });
    return {
      ...{ store, certificates, reports: new CertificateReports({ store, commands, sendCommand, now }) },
      ...{ asks: settings.REPORTS_AT_ONCE > 0 },
      replacements: new RootReplacements({ store, certificates, sendCommand, now }),
    };
  },
  on: ({ store, certificates, reports }) => [
    onEach(COMMAND_RESULTS.events.ended, async ({ data }) => {
      await certificates.onEnded(data);
      await reports.onEnded(data);
    }),
    onBatch(CONNECTIONS.events.connected, (events) => store.onConnected(events.map(({ data }) => data))),
  ],
  jobs: ({ asks, reports, replacements }) => [
    ...(asks ? [{ name: 'lists of certificates', everyMs: SWEEP_INTERVAL_MS, run: () => reports.sweep() }] : []),
    { name: 'roots that were replaced', everyMs: SWEEP_INTERVAL_MS, run: () => replacements.sweep() },
  ],
  controllers: [InstalledCertificatesController],
  provides: (provide) => [
    provide(InstalledCertificates, ({ certificates }) => certificates),
    provide(CertificateReports, ({ reports }) => reports),
    provide(TypeormInstalledCertificates, ({ store }) => store),
  ],
});
