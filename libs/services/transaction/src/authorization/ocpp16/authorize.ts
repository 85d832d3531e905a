import type { v16 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import type { TokenAuthorizer } from '../token-authorizer';
import { idTagInfo, presented } from './id-tag';

/** 1.6 section 4.1. */
export function authorize(tokens: TokenAuthorizer): DecideEach<v16.AuthorizeRequest, v16.AuthorizeResponse> {
  return {
    shape: 'key',
    question: true,
    async decide({ ref, payload, receivedAt }: StationMessage<v16.AuthorizeRequest>) {
      const payloadOut: v16.AuthorizeResponse = { idTagInfo: idTagInfo(await tokens.authorize(ref, presented(payload.idTag), receivedAt)) };
      return { payload: payloadOut };
    },
  };
}
