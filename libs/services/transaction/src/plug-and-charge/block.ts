import { v16, v21 } from '@voltbus/ocpp';
import { HttpOcsp } from '@voltbus/pki';
import { answer, defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { CertificateStatuses } from './certificate-status';
import { ContractCertificates } from './contract-certificates';
import { EvCertificates } from './ev-certificates';
import { HttpContractPool } from './http-contract-pool';
import { PlugAndChargeTransfers, dataTransfer, transferredCertificateStatus, transferredEvCertificate } from './ocpp16/data-transfer';
import { get15118EvCertificate } from './ocpp2/get-15118-ev-certificate';
import { getCertificateStatus } from './ocpp2/get-certificate-status';

export const plugAndCharge = defineBlock({
  name: 'plug-and-charge',
  build: ({ settings, use }) => {
    const { CONTRACT_ROOTS: roots, OCSP_UNAVAILABLE: ocspUnavailable, OCSP_HOSTS: hosts = [] } = settings;
    const { CONTRACT_POOL_URL: url, CONTRACT_POOL_SECRET: secret = '' } = settings;
    const counted = use(telemetry);
    const ocsp = new HttpOcsp(hosts);
    const certificateStatuses = new CertificateStatuses(ocsp, counted);
    const transfers = new PlugAndChargeTransfers(counted);
    transfers.handle('GetCertificateStatus', transferredCertificateStatus(certificateStatuses));
    const evCertificates = new EvCertificates(url === undefined ? null : new HttpContractPool({ url, secret }), counted);
    transfers.handle('Get15118EVCertificate', transferredEvCertificate(evCertificates));
    return {
      contractCertificates: new ContractCertificates({ roots, ocspUnavailable }, ocsp, counted),
      ...{ ocsp, certificateStatuses, evCertificates, transfers, telemetry: counted },
    };
  },
  answers: ({ certificateStatuses, evCertificates, transfers, telemetry }) => [
    answer(v16.DataTransfer, dataTransfer(transfers, telemetry)),
    answer(v21.GetCertificateStatus, getCertificateStatus(certificateStatuses)),
    answer(v21.Get15118EVCertificate, get15118EvCertificate(evCertificates)),
  ],
});
