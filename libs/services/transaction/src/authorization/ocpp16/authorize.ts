import type { v16 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import type { TokenAuthorizer } from '../token-authorizer';
import type { CostDisplay } from '../../prices';
import { printable } from '../domain/authorization';
import { idTagInfo, presented } from './id-tag';

/** 1.6 section 4.1. A driver who is accepted is shown the price. */
export function authorize(tokens: TokenAuthorizer, costs: CostDisplay): DecideEach<v16.AuthorizeRequest, v16.AuthorizeResponse> {
  return {
    shape: 'key',
    question: true,
    async decide({ ref, payload, receivedAt }: StationMessage<v16.AuthorizeRequest>) {
      const decision = await tokens.authorize(ref, presented(payload.idTag), receivedAt);
      const { status, groupId } = decision;
      if (status === 'Accepted') await costs.price(ref, { idToken: printable(payload.idTag), groupId, at: receivedAt });
      const answer: v16.AuthorizeResponse = { idTagInfo: idTagInfo(decision) };
      return { payload: answer };
    },
  };
}
