import type { v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/station-link';
import type { DriverTariffs } from '../station-tariffs';
import type { Tokens } from '../tokens';
import { idTokenInfo, presented } from './id-token';
import { tariffType } from './tariff';

/** C01; I08 in 2.1. Where a contract certificate came, its chain is not judged yet: no status is claimed for it (C07). */
export function authorize(tokens: Tokens, tariffs: DriverTariffs): DecideEach {
  return {
    shape: 'key',
    question: true,
    async decide({ ref, protocol, payload, receivedAt }: StationMessage<v21.AuthorizeRequest>) {
      const verdict = await tokens.authorizeNow(ref, presented(payload.idToken), receivedAt);
      const tellsTariffs = protocol === 'ocpp2.1' && verdict.status === 'Accepted';
      const tariff = tellsTariffs ? await tariffs.of(ref, verdict.groupId, receivedAt) : null;
      const answer: v21.AuthorizeResponse = {
        idTokenInfo: idTokenInfo(verdict),
        ...(tariff === null ? {} : { tariff: tariffType(tariff) }),
      };
      return { payload: answer };
    },
  };
}
