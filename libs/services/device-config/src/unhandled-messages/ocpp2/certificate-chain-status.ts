import { checkResponse, type v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';

/** M07: answers for each certificate that its status could not be obtained; the station may request it again at once. Throws the error of a request that cannot be echoed. */
export function certificateChainStatus({
  protocol,
  payload,
  receivedAt,
}: StationMessage<v21.GetCertificateChainStatusRequest>): v21.GetCertificateChainStatusResponse {
  const nextUpdate = receivedAt.toISOString();
  const answer: v21.GetCertificateChainStatusResponse = {
    certificateStatus: payload.certificateStatusRequests.map(({ certificateHashData, source }) => ({
      certificateHashData,
      source,
      status: 'Failed',
      nextUpdate,
    })),
  };
  const echoed = checkResponse(protocol, 'GetCertificateChainStatus', answer, 'strict');
  if (!echoed.ok) throw echoed.error;
  return answer;
}
