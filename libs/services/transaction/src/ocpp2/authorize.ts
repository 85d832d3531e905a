import type { v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/station-link';
import type { Tokens } from '../tokens';
import { idTokenInfo, presented } from './id-token';

/** C01. Where a contract certificate came, its chain is not judged yet: no status is claimed for it (C07). */
export function authorize(tokens: Tokens): DecideEach {
  return {
    shape: 'key',
    question: true,
    async decide({ ref, payload, receivedAt }: StationMessage<v21.AuthorizeRequest>) {
      const answer: v21.AuthorizeResponse = {
        idTokenInfo: idTokenInfo(await tokens.authorize(ref, presented(payload.idToken), receivedAt)),
      };
      return { payload: answer };
    },
  };
}
