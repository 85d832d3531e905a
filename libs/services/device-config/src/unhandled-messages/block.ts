import type { TableDeclaration } from '@voltbus/database';
import { v16, v21 } from '@voltbus/ocpp';
import { StationAllowance, UNHANDLED_MESSAGES_ALLOWANCE, UNHANDLED_MESSAGES_BOUND, answer, defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { certificateChainStatus } from './ocpp2/certificate-chain-status';
import { storeUnhandled } from './store-unhandled';
import { TypeormUnhandledMessages } from './typeorm-unhandled-messages';
import { unhandledMessagesMigration } from './store/migrations/0080-unhandled-messages';

const table: TableDeclaration = {
  tenant: 'tenant',
  station: 'station',
  name: 'messages',
  holds: 'Messages that no rule acts on',
  madeBy: 'stations',
  bound: UNHANDLED_MESSAGES_BOUND,
  keeping: { kind: 'aged', column: 'received_at', days: 'MESSAGES' },
};

/** Messages that no rule acts on yet: stored as received, and answered as the specification has it. */
export const unhandledMessages = defineBlock({
  name: 'unhandled-messages',
  migrations: [unhandledMessagesMigration],
  tables: [table],
  build({ database, use }) {
    const counted = use(telemetry);
    const allowance = new StationAllowance({
      ...UNHANDLED_MESSAGES_ALLOWANCE,
      beyond: (ref, count) => counted.unhandledMessagesNotStored(ref, count),
    });
    return new TypeormUnhandledMessages(database, allowance);
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
