import type { v16 } from '@voltbus/ocpp';
import type { DecideEach } from '@voltbus/service';
import type { CertificateRequests } from '../certificate-requests';

/** 1.6 security whitepaper, A02. */
export function signCertificate16(
  requests: Pick<CertificateRequests, 'receive'>,
): DecideEach<v16.SignCertificateRequest, v16.SignCertificateResponse> {
  return {
    shape: 'key',
    async decide({ ref, payload: { csr }, protocol }) {
      const refusal = await requests.receive(ref, { csr, kind: null, requestId: null, protocol });
      return { payload: { status: refusal === null ? 'Accepted' : 'Rejected' } };
    },
  };
}
