import { checkResponse, type v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';

/** M07: of each certificate asked about, that its status could not be had; asking again is free at once. Throws what is wrong with a question that cannot be echoed. */
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
