import type { v16, v21 } from '@voltbus/ocpp';
import type { AnswerTable } from '@voltbus/service';
import { heartbeat } from './provisioning/heartbeat';
import { storeUnhandled } from './unhandled-messages/store-unhandled';
import * as boot16 from './provisioning/ocpp16/boot-notification';
import * as boot2 from './provisioning/ocpp2/boot-notification';
import * as status16 from './availability/ocpp16/status-notification';
import * as status2 from './availability/ocpp2/status-notification';
import { notifyEvent } from './availability/ocpp2/notify-event';
import { certificateChainStatus } from './unhandled-messages/ocpp2/certificate-chain-status';
import type { Stations } from './provisioning/stations';
import type { TypeormConnectorProblems } from './availability/store/typeorm-connector-problems';
import type { TypeormConnectors } from './availability/store/typeorm-connectors';
import type { TypeormUnhandledMessages } from './unhandled-messages/typeorm-unhandled-messages';

/** What stations ask or tell this service, by version and action. */
export function answers({ stations, connectors, problems, messages, heartbeatSeconds }: AnswerParts): AnswerTable {
  return {
    ocpp16: {
      BootNotification: boot16.bootNotification(stations, heartbeatSeconds),
      Heartbeat: heartbeat(),
      StatusNotification: status16.statusNotification({ connectors, messages }),
      SecurityEventNotification: storeUnhandled(messages),
      // Whitepaper A02: there is no certificate authority to sign with
      SignCertificate: storeUnhandled(messages, (): v16.SignCertificateResponse => ({ status: 'Rejected' })),
      FirmwareStatusNotification: storeUnhandled(messages),
      SignedFirmwareStatusNotification: storeUnhandled(messages),
      DiagnosticsStatusNotification: storeUnhandled(messages),
      LogStatusNotification: storeUnhandled(messages),
    },
    ocpp2: {
      BootNotification: boot2.bootNotification(stations, heartbeatSeconds),
      Heartbeat: heartbeat(),
      StatusNotification: status2.statusNotification({ connectors, messages }),
      NotifyReport: storeUnhandled(messages),
      SecurityEventNotification: storeUnhandled(messages),
      // A02: there is no certificate authority to sign with
      SignCertificate: storeUnhandled(messages, (): v21.SignCertificateResponse => ({ status: 'Rejected' })),
      // M01, M02: no contract certificate pool is connected
      Get15118EVCertificate: storeUnhandled(messages, (): v21.Get15118EVCertificateResponse => ({ status: 'Failed', exiResponse: '' })),
      // M07: nobody is asked
      GetCertificateChainStatus: storeUnhandled(messages, certificateChainStatus),
      FirmwareStatusNotification: storeUnhandled(messages),
      PublishFirmwareStatusNotification: storeUnhandled(messages),
      LogStatusNotification: storeUnhandled(messages),
      NotifyEvent: notifyEvent({ messages, connectors, problems }),
      NotifyMonitoringReport: storeUnhandled(messages),
      NotifyCustomerInformation: storeUnhandled(messages),
      NotifyDisplayMessages: storeUnhandled(messages),
      // N11: nobody reads streams yet
      OpenPeriodicEventStream: storeUnhandled(messages, (): v21.OpenPeriodicEventStreamResponse => ({ status: 'Rejected' })),
      ClosePeriodicEventStream: storeUnhandled(messages),
      NotifyPeriodicEventStream: storeUnhandled(messages),
    },
  };
}

export interface AnswerParts {
  stations: Stations;
  connectors: TypeormConnectors;
  problems: TypeormConnectorProblems;
  messages: TypeormUnhandledMessages;
  heartbeatSeconds: number;
}
