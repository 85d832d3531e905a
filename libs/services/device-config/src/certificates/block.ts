import { COMMAND_RESULTS, CONNECTIONS } from '@voltbus/contracts';
import { v16, v21 } from '@voltbus/ocpp';
import { answer, defineBlock, onBatch, onEach } from '@voltbus/service';
import { provisioning } from '../provisioning';
import { securityEvents } from '../security-events';
import { chooseAuthority, localAuthority } from './authority/choose-authority';
import { CertificateEvents } from './certificate-events';
import { CertificateGauge } from './certificate-gauge';
import { CertificateRequests } from './certificate-requests';
import { ConnectedCertificates } from './connected-certificates';
import { CertificatesController } from './http/certificates.controller';
import { RenewalsController } from './http/renewals.controller';
import { signCertificate16 } from './ocpp16/sign-certificate';
import { signCertificate } from './ocpp2/sign-certificate';
import { Renewals } from './renewals';
import { Revocations } from './revocations';
import { certificatesMigration } from './store/migrations/0330-certificates';
import { renewalDeliveryMigration } from './store/migrations/0394-renewal-delivery';
import { tables } from './store/tables';
import { TypeormCertificates } from './store/typeorm-certificates';
import { TypeormRevocations } from './store/typeorm-revocations';

/** Time between two looks for requests to be issued and sent: a station waits for its certificate. */
const REQUESTS_INTERVAL_MS = 1_000;
/** Between two looks for stations to be asked to renew; the pace (`RENEWALS_AT_ONCE`) rests on it. */
const RENEWALS_INTERVAL_MS = 30_000;
/** Between two looks for certificates that expire soon: a look reads all of them. */
const EXPIRY_INTERVAL_MS = 600_000;
const LIST_INTERVAL_MS = 10_000;

/** OCPP A02, A03, 1.6 security whitepaper: certificates of stations, from their request to their renewal and revocation. */
export const certificates = defineBlock({
  name: 'certificates',
  migrations: [certificatesMigration, renewalDeliveryMigration],
  tables,
  store: ({ database }) => ({ certificates: new TypeormCertificates(database), lists: new TypeormRevocations(database) }),
  build({ store, use, settings, sendCommand, logger, metrics, now }) {
    const authority = chooseAuthority(settings, now);
    const events = new CertificateEvents({ events: use(securityEvents).events, logger, metrics });
    const shared = { store: store.certificates, events, sendCommand, now };
    return {
      ...{ store, hasAuthority: authority !== null },
      requests: new CertificateRequests({ ...shared, authority }),
      renewals: new Renewals({ ...shared, days: settings.CERTIFICATE_RENEWAL_DAYS, canIssue: authority !== null, random: Math.random }),
      connected: new ConnectedCertificates(store.certificates),
      revocations: new Revocations({
        ...{ store: store.certificates, lists: store.lists, events, now, evictions: use(provisioning).evictions },
        ...{ authority: localAuthority(settings, now), file: settings.CA_CRL_FILE ?? null },
      }),
      gauge: new CertificateGauge(store.certificates, metrics, now),
    };
  },
  answers: ({ requests }) => [
    answer(v16.SignCertificate, signCertificate16(requests)),
    answer(v21.SignCertificate, signCertificate(requests)),
  ],
  on: ({ requests, renewals, connected }) => [
    onEach(COMMAND_RESULTS.events.ended, async ({ data }) => {
      await requests.onEnded(data);
      await renewals.onEnded(data);
    }),
    onBatch(CONNECTIONS.events.connected, (events) => connected.onConnected(events.map(({ data }) => data))),
  ],
  jobs: ({ hasAuthority, requests, renewals, revocations, gauge }) => [
    ...(hasAuthority ? [{ name: 'requests for certificates', everyMs: REQUESTS_INTERVAL_MS, run: () => requests.sweep() }] : []),
    { name: 'renewals of certificates', everyMs: RENEWALS_INTERVAL_MS, run: () => renewals.sweep() },
    {
      name: 'certificates that expire',
      everyMs: EXPIRY_INTERVAL_MS,
      async run() {
        await renewals.beginExpiring();
        await gauge.measure();
      },
    },
    { name: 'revocation list', everyMs: LIST_INTERVAL_MS, run: () => revocations.sweep() },
  ],
  controllers: [CertificatesController, RenewalsController],
  provides: (provide) => [
    provide(TypeormCertificates, ({ store }) => store.certificates),
    provide(TypeormRevocations, ({ store }) => store.lists),
    provide(Renewals, ({ renewals }) => renewals),
    provide(Revocations, ({ revocations }) => revocations),
  ],
});
