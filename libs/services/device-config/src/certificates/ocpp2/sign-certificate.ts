import type { v21 } from '@voltbus/ocpp';
import type { DecideEach } from '@voltbus/service';
import type { CertificateRequests } from '../certificate-requests';

const MAX_REASON_CODE = 20;

/** A02.FR.11, 12; A03.FR.11, 12: the request is kept before it is answered, and signed afterwards. */
export function signCertificate(
  requests: Pick<CertificateRequests, 'receive'>,
): DecideEach<v21.SignCertificateRequest, v21.SignCertificateResponse> {
  return {
    shape: 'key',
    async decide({ ref, payload: { csr, certificateType, requestId }, protocol }) {
      const refusal = await requests.receive(ref, { csr, kind: certificateType ?? null, requestId: requestId ?? null, protocol });
      if (refusal === null) return { payload: { status: 'Accepted' } };
      return { payload: { status: 'Rejected', statusInfo: { reasonCode: refusal.slice(0, MAX_REASON_CODE) } } };
    },
  };
}
