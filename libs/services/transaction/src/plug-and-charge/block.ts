import { v16, v21 } from '@voltbus/ocpp';
import { answer, defineBlock } from '@voltbus/service';
import { TransactionTelemetry } from '../telemetry';
import { CertificateStatuses } from './certificate-status';
import { ContractCertificates } from './contract-certificates';
import { HttpOcsp } from './http-ocsp';
import { PlugAndChargeTransfers, dataTransfer, transferredCertificateStatus } from './ocpp16/data-transfer';
import { getCertificateStatus } from './ocpp2/get-certificate-status';

export const plugAndCharge = defineBlock({
  name: 'plug-and-charge',
  build: ({ settings, logger, metrics }) => {
    const { CONTRACT_ROOTS: roots, OCSP_UNAVAILABLE: ocspUnavailable, OCSP_HOSTS: hosts = [] } = settings;
    const telemetry = new TransactionTelemetry(logger, metrics);
    const ocsp = new HttpOcsp(hosts);
    const certificateStatuses = new CertificateStatuses(ocsp, telemetry);
    const transfers = new PlugAndChargeTransfers(telemetry);
    transfers.handle('GetCertificateStatus', transferredCertificateStatus(certificateStatuses));
    return {
      contractCertificates: new ContractCertificates({ roots, ocspUnavailable }, ocsp, telemetry),
      ...{ ocsp, certificateStatuses, transfers, telemetry },
    };
  },
  answers: ({ certificateStatuses, transfers, telemetry }) => [
    answer(v16.DataTransfer, dataTransfer(transfers, telemetry)),
    answer(v21.GetCertificateStatus, getCertificateStatus(certificateStatuses)),
  ],
});
