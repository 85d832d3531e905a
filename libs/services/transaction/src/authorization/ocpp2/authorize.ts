import type { v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import type { CertificateFinding, ContractCertificates } from '../../plug-and-charge';
import { decideByCertificate, type CertificateDecision } from '../domain/certificate-decision';
import { type DriverTariffs, tariffType } from '../../prices';
import type { TokenAuthorizer } from '../token-authorizer';
import { idTokenInfo, presented } from './id-token';

type Message = StationMessage<v21.AuthorizeRequest>;

/** The judges of a presented token and certificate. */
export interface JudgedBy {
  tokens: TokenAuthorizer;
  contracts: ContractCertificates;
}

interface AuthorizeParts extends JudgedBy {
  tariffs: DriverTariffs;
}

/** C01; C07 with a contract certificate; I08 in 2.1: the answer to an accepted token has the driver's tariff. */
export function authorize({ tokens, contracts, tariffs }: AuthorizeParts): DecideEach<v21.AuthorizeRequest, v21.AuthorizeResponse> {
  return {
    shape: 'key',
    question: true,
    async decide(message: Message) {
      const { ref, protocol, receivedAt } = message;
      const { decision, certificateStatus } = await judged(message, { tokens, contracts });
      const sendsTariff = protocol === 'ocpp2.1' && decision.status === 'Accepted';
      const tariff = sendsTariff ? await tariffs.of(ref, decision.groupId, receivedAt) : null;
      const answer: v21.AuthorizeResponse = {
        idTokenInfo: idTokenInfo(decision),
        ...(certificateStatus === undefined ? {} : { certificateStatus }),
        ...(tariff === null ? {} : { tariff: tariffType(tariff) }),
      };
      return { payload: answer };
    },
  };
}

/**
 * Token and certificate are judged concurrently: the station waits four seconds for both. Without a certificate the
 * answer has no certificate status.
 */
export async function judged(
  { ref, payload, receivedAt }: Pick<Message, 'ref' | 'payload' | 'receivedAt'>,
  { tokens, contracts }: JudgedBy,
): Promise<Pick<CertificateDecision, 'decision'> & Partial<CertificateDecision>> {
  const [decision, finding] = await Promise.all([
    tokens.authorizeNow(ref, presented(payload.idToken), receivedAt),
    findingOf(contracts, payload, receivedAt),
  ]);
  return finding === null ? { decision } : decideByCertificate(decision, finding);
}

/** Null when the request has no certificate. */
async function findingOf(
  contracts: ContractCertificates,
  { idToken, certificate, iso15118CertificateHashData: hashData = [] }: v21.AuthorizeRequest,
  now: Date,
): Promise<CertificateFinding | null> {
  if (certificate === undefined && hashData.length === 0) return null;
  return contracts.judge({ emaid: idToken.idToken, certificate, hashData }, now);
}
