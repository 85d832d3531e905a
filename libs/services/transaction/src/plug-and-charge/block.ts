import { v16, v21 } from '@voltbus/ocpp';
import { HttpOcsp } from '@voltbus/pki';
import { answer, defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { CertificateStatuses } from './certificate-status';
import { ContractCertificates } from './contract-certificates';
import { PlugAndChargeTransfers, dataTransfer, transferredCertificateStatus } from './ocpp16/data-transfer';
import { getCertificateStatus } from './ocpp2/get-certificate-status';

export const plugAndCharge = defineBlock({
  name: 'plug-and-charge',
  build: ({ settings, use }) => {
    const { CONTRACT_ROOTS: roots, OCSP_UNAVAILABLE: ocspUnavailable, OCSP_HOSTS: hosts = [] } = settings;
    const counted = use(telemetry);
    const ocsp = new HttpOcsp(hosts);
    const certificateStatuses = new CertificateStatuses(ocsp, counted);
    const transfers = new PlugAndChargeTransfers(counted);
    transfers.handle('GetCertificateStatus', transferredCertificateStatus(certificateStatuses));
    return {
      contractCertificates: new ContractCertificates({ roots, ocspUnavailable }, ocsp, counted),
      ...{ ocsp, certificateStatuses, transfers, telemetry: counted },
    };
  },
  answers: ({ certificateStatuses, transfers, telemetry }) => [
    answer(v16.DataTransfer, dataTransfer(transfers, telemetry)),
    answer(v21.GetCertificateStatus, getCertificateStatus(certificateStatuses)),
  ],
});
