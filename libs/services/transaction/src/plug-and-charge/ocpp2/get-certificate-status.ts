import type { v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import type { CertificateStatuses } from '../certificate-status';

/** Longest `ocspResult`, in base64. */
const MAX_RESULT = { 'ocpp2.0.1': 5_500, 'ocpp2.1': 18_000 } as const;

/** M06. */
export function getCertificateStatus(
  statuses: CertificateStatuses,
): DecideEach<v21.GetCertificateStatusRequest, v21.GetCertificateStatusResponse> {
  return {
    shape: 'key',
    question: true,
    async decide(message: StationMessage<v21.GetCertificateStatusRequest>) {
      return { payload: await statusOf(message, statuses) };
    },
  };
}

/** M06.FR.02, M06.FR.04: the responder's answer, or that there is none. 1.6 carries it as a message of 2.0.1. */
export async function statusOf(
  { protocol, payload, receivedAt }: Pick<StationMessage<v21.GetCertificateStatusRequest>, 'protocol' | 'payload' | 'receivedAt'>,
  statuses: CertificateStatuses,
): Promise<v21.GetCertificateStatusResponse> {
  const der = await statuses.of(payload.ocspRequestData, receivedAt);
  const ocspResult = der?.toString('base64');
  const most = MAX_RESULT[protocol === 'ocpp2.1' ? protocol : 'ocpp2.0.1'];
  return ocspResult === undefined || ocspResult.length > most ? { status: 'Failed' } : { status: 'Accepted', ocspResult };
}
