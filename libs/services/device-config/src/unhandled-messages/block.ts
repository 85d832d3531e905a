import { v21 } from '@voltbus/ocpp';
import { TypeormUnhandledMessages, answerUnhandled, defineBlock, unhandledMessagesDeclaration } from '@voltbus/service';
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
    const store = new TypeormUnhandledMessages({
      database,
      table: UNHANDLED_MESSAGES,
      beyond: (ref, count) => counted.unhandledMessagesNotStored(ref, count),
    });
    return { store };
  },
  answers: ({ store }) => [
    // M07: no OCSP responder is connected.
    answerUnhandled(store, v21.GetCertificateChainStatus, certificateChainStatus),
  ],
});
