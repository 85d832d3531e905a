import type { v16, v21 } from '@voltbus/ocpp';
import type { AnswerTable } from '@voltbus/service';
import { heartbeat } from './heartbeat';
import { kept } from './messages';
import * as ocpp16 from './ocpp16';
import * as ocpp2 from './ocpp2';
import type { Stations } from './stations';
import type { TypeormConnectorProblems } from './store/typeorm-connector-problems';
import type { TypeormConnectors } from './store/typeorm-connectors';
import type { TypeormMessages } from './store/typeorm-messages';

/** What stations ask or tell this service, by version and action. */
export function answers({ stations, connectors, problems, messages, heartbeatSeconds }: AnswerParts): AnswerTable {
  return {
    ocpp16: {
      BootNotification: ocpp16.bootNotification(stations, heartbeatSeconds),
      Heartbeat: heartbeat(),
      StatusNotification: ocpp16.statusNotification({ connectors, messages }),
      SecurityEventNotification: kept(messages),
      // Whitepaper A02: there is no certificate authority to sign with
      SignCertificate: kept(messages, (): v16.SignCertificateResponse => ({ status: 'Rejected' })),
      FirmwareStatusNotification: kept(messages),
      SignedFirmwareStatusNotification: kept(messages),
      DiagnosticsStatusNotification: kept(messages),
      LogStatusNotification: kept(messages),
    },
    ocpp2: {
      BootNotification: ocpp2.bootNotification(stations, heartbeatSeconds),
      Heartbeat: heartbeat(),
      StatusNotification: ocpp2.statusNotification({ connectors, messages }),
      NotifyReport: kept(messages),
      SecurityEventNotification: kept(messages),
      // A02: there is no certificate authority to sign with
      SignCertificate: kept(messages, (): v21.SignCertificateResponse => ({ status: 'Rejected' })),
      // M01, M02: no contract certificate pool is connected
      Get15118EVCertificate: kept(messages, (): v21.Get15118EVCertificateResponse => ({ status: 'Failed', exiResponse: '' })),
      // M07: nobody is asked
      GetCertificateChainStatus: kept(messages, ocpp2.certificateChainStatus),
      FirmwareStatusNotification: kept(messages),
      PublishFirmwareStatusNotification: kept(messages),
      LogStatusNotification: kept(messages),
      NotifyEvent: ocpp2.notifyEvent({ messages, connectors, problems }),
      NotifyMonitoringReport: kept(messages),
      NotifyCustomerInformation: kept(messages),
      NotifyDisplayMessages: kept(messages),
      // N11: nobody reads streams yet
      OpenPeriodicEventStream: kept(messages, (): v21.OpenPeriodicEventStreamResponse => ({ status: 'Rejected' })),
      ClosePeriodicEventStream: kept(messages),
      NotifyPeriodicEventStream: kept(messages),
    },
  };
}

export interface AnswerParts {
  stations: Stations;
  connectors: TypeormConnectors;
  problems: TypeormConnectorProblems;
  messages: TypeormMessages;
  heartbeatSeconds: number;
}
