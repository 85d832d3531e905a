import type { v21 } from '@voltbus/ocpp';
import type { DecideEach } from '@voltbus/service';
import type { VendorAnswers } from '../vendor-answers';

/** DataTransfer of 2.x, whose data is any JSON value. */
export function dataTransfer(vendors: VendorAnswers): DecideEach<v21.DataTransferRequest, v21.DataTransferResponse> {
  return {
    shape: 'key',
    async decide({ ref, protocol, receivedAt, payload: { vendorId, messageId = null, data: sent = null } }) {
      const { status, data } = await vendors.answer(vendorId, { ref, protocol, messageId, data: sent, receivedAt });
      return { payload: data === undefined || data === null ? { status } : { status, data } };
    },
  };
}
