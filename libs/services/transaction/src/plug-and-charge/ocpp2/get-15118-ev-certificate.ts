import type { v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import type { EvCertificates } from '../ev-certificates';

type Message = Pick<StationMessage<v21.Get15118EVCertificateRequest>, 'ref' | 'protocol' | 'payload'>;

/** Longest `exiResponse`, in base64. */
const MAX_RESPONSE = { 'ocpp2.0.1': 5_600, 'ocpp2.1': 17_000 } as const;

/** M01, M02. */
export function get15118EvCertificate(
  certificates: EvCertificates,
): DecideEach<v21.Get15118EVCertificateRequest, v21.Get15118EVCertificateResponse> {
  return {
    shape: 'key',
    question: true,
    async decide(message: StationMessage<v21.Get15118EVCertificateRequest>) {
      return { payload: await certificateFor(message, certificates) };
    },
  };
}

/** M01.FR.01, M02.FR.01: what the pool has for the car. Only a car of ISO 15118-20 takes several contracts (2.1). 1.6 carries it as a message of 2.0.1. */
export async function certificateFor(
  { ref, protocol, payload }: Message,
  certificates: EvCertificates,
): Promise<v21.Get15118EVCertificateResponse> {
  const { action, iso15118SchemaVersion, exiRequest, maximumContractCertificateChains, prioritizedEMAIDs = [] } = payload;
  const several = protocol === 'ocpp2.1' && maximumContractCertificateChains !== undefined;
  const given = await certificates.of({
    ...{ tenant: ref.tenant, station: ref.station, action, schemaVersion: iso15118SchemaVersion, exiRequest },
    ...{ prioritizedEmaids: prioritizedEMAIDs, longest: MAX_RESPONSE[protocol === 'ocpp2.1' ? protocol : 'ocpp2.0.1'] },
    most: several ? Math.max(1, maximumContractCertificateChains) : 1,
  });
  if (given === null) return { status: 'Failed', exiResponse: '' };
  return { status: 'Accepted', exiResponse: given.exiResponse, ...(several ? { remainingContracts: given.remaining } : {}) };
}
