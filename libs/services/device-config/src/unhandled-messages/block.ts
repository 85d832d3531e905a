import { v16, v21 } from '@voltbus/ocpp';
import { TypeormUnhandledMessages, answer, defineBlock, storeUnhandled, unhandledMessagesDeclaration } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { certificateChainStatus } from './ocpp2/certificate-chain-status';
import { migration } from './store/migrations/0080-unhandled-messages';
import { UNHANDLED_MESSAGES } from './store/table';

/** Messages that no rule acts on yet: stored as received, and answered as the specification has it. */
export const unhandledMessages = defineBlock({
  name: 'unhandled-messages',
  migrations: [migration],
  tables: [unhandledMessagesDeclaration(UNHANDLED_MESSAGES, 'Messages that no rule acts on')],
  build({ database, use }) {
    const counted = use(telemetry);
    return new TypeormUnhandledMessages({
      database,
      table: UNHANDLED_MESSAGES,
      beyond: (ref, count) => counted.unhandledMessagesNotStored(ref, count),
    });
  },
  answers: (store) => [
    answer(v16.SecurityEventNotification, storeUnhandled(store)),
    // A02 (security whitepaper): there is no certificate authority to sign with.
    answer(
      v16.SignCertificate,
      storeUnhandled(store, () => ({ status: 'Rejected' })),
    ),
    answer(v16.FirmwareStatusNotification, storeUnhandled(store)),
    answer(v16.SignedFirmwareStatusNotification, storeUnhandled(store)),
    answer(v16.DiagnosticsStatusNotification, storeUnhandled(store)),
    answer(v16.LogStatusNotification, storeUnhandled(store)),
    answer(v21.NotifyReport, storeUnhandled(store)),
    answer(v21.SecurityEventNotification, storeUnhandled(store)),
    // A02: there is no certificate authority to sign with.
    answer(
      v21.SignCertificate,
      storeUnhandled(store, () => ({ status: 'Rejected' })),
    ),
    // M01, M02: no contract certificate pool is connected.
    answer(
      v21.Get15118EVCertificate,
      storeUnhandled(store, () => ({ status: 'Failed', exiResponse: '' })),
    ),
    // M07: no OCSP responder is connected.
    answer(v21.GetCertificateChainStatus, storeUnhandled(store, certificateChainStatus)),
    answer(v21.FirmwareStatusNotification, storeUnhandled(store)),
    answer(v21.PublishFirmwareStatusNotification, storeUnhandled(store)),
    answer(v21.LogStatusNotification, storeUnhandled(store)),
    answer(v21.NotifyMonitoringReport, storeUnhandled(store)),
    answer(v21.NotifyCustomerInformation, storeUnhandled(store)),
    answer(v21.NotifyDisplayMessages, storeUnhandled(store)),
    // N11: no rule reads periodic event streams.
    answer(
      v21.OpenPeriodicEventStream,
      storeUnhandled(store, () => ({ status: 'Rejected' })),
    ),
    answer(v21.ClosePeriodicEventStream, storeUnhandled(store)),
    answer(v21.NotifyPeriodicEventStream, storeUnhandled(store)),
  ],
});
