import type { v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import type { Contracts } from '../contract/contracts';
import { certified, type ContractVerdict, type Finding } from '../domain/contract';
import type { DriverTariffs } from '../station-tariffs';
import type { Tokens } from '../tokens';
import { idTokenInfo, presented } from './id-token';
import { tariffType } from './tariff';

type Message = StationMessage<v21.AuthorizeRequest>;

/** Who judges what was presented. */
export interface JudgedBy {
  tokens: Tokens;
  contracts: Contracts;
}

export interface AuthorizeParts extends JudgedBy {
  tariffs: DriverTariffs;
}

/** C01; C07 where a contract certificate came; I08 in 2.1: what the driver will pay is told where he may charge. */
export function authorize({ tokens, contracts, tariffs }: AuthorizeParts): DecideEach {
  return {
    shape: 'key',
    question: true,
    async decide(message: Message) {
      const { ref, protocol, receivedAt } = message;
      const { verdict, certificateStatus } = await judged(message, { tokens, contracts });
      const tellsTariffs = protocol === 'ocpp2.1' && verdict.status === 'Accepted';
      const tariff = tellsTariffs ? await tariffs.of(ref, verdict.groupId, receivedAt) : null;
      const answer: v21.AuthorizeResponse = {
        idTokenInfo: idTokenInfo(verdict),
        ...(certificateStatus === undefined ? {} : { certificateStatus }),
        ...(tariff === null ? {} : { tariff: tariffType(tariff) }),
      };
      return { payload: answer };
    },
  };
}

/** Token and certificate are asked about at once: the station waits four seconds for both. Where no certificate came no status is claimed for it. */
export async function judged(
  { ref, payload, receivedAt }: Pick<Message, 'ref' | 'payload' | 'receivedAt'>,
  { tokens, contracts }: JudgedBy,
): Promise<Pick<ContractVerdict, 'verdict'> & Partial<ContractVerdict>> {
  const [verdict, finding] = await Promise.all([
    tokens.authorizeNow(ref, presented(payload.idToken), receivedAt),
    findingOf(contracts, payload, receivedAt),
  ]);
  return finding === null ? { verdict } : certified(verdict, finding);
}

/** Null where no certificate came. */
async function findingOf(
  contracts: Contracts,
  { idToken, certificate, iso15118CertificateHashData: hashData = [] }: v21.AuthorizeRequest,
  now: Date,
): Promise<Finding | null> {
  if (certificate === undefined && hashData.length === 0) return null;
  return contracts.judge({ emaid: idToken.idToken, certificate, hashData }, now);
}
