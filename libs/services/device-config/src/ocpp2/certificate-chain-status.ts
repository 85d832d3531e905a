import type { v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/station-link';

/** M07: of each certificate asked about, that its status could not be had; asking again is free at once. */
export function certificateChainStatus({
  payload,
  receivedAt,
}: StationMessage<v21.GetCertificateChainStatusRequest>): v21.GetCertificateChainStatusResponse {
  const nextUpdate = receivedAt.toISOString();
  return {
    certificateStatus: payload.certificateStatusRequests.map(({ certificateHashData, source }) => ({
      certificateHashData,
      source,
      status: 'Failed',
      nextUpdate,
    })),
  };
}
