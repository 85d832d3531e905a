import type { v16 } from '@voltbus/ocpp';
import type { DecideEach } from '@voltbus/service';
import type { VendorAnswers } from '../vendor-answers';

/** DataTransfer of 1.6, whose answer carries data only as a string: any other value is written as JSON. */
export function dataTransfer(vendors: VendorAnswers): DecideEach<v16.DataTransferRequest, v16.DataTransferResponse> {
  return {
    shape: 'key',
    async decide({ ref, protocol, receivedAt, payload: { vendorId, messageId = null, data: sent = null } }) {
      const { status, data } = await vendors.answer(vendorId, { ref, protocol, messageId, data: sent, receivedAt });
      if (data === undefined || data === null) return { payload: { status } };
      return { payload: { status, data: typeof data === 'string' ? data : JSON.stringify(data) } };
    },
  };
}
