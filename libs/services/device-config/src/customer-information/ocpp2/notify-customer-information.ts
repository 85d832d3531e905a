import type { v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany, TypeormUnhandledMessages } from '@voltbus/service';
import type { CustomerInformation } from '../customer-information';

type Request = v21.NotifyCustomerInformationRequest;

/** N09.FR.05, N10.FR.03: parts of reports. One that belongs to no request of ours is kept as it came. */
export function notifyCustomerInformation(parts: {
  information: Pick<CustomerInformation, 'receive'>;
  unhandled: Pick<TypeormUnhandledMessages, 'writeMany'>;
}): StoreMany<Request, v21.NotifyCustomerInformationResponse> {
  return {
    shape: 'batch',
    async store(messages) {
      const others: StationMessage<Request>[] = [];
      for (const message of messages)
        if (!(await parts.information.receive(message.ref, message.payload, message.receivedAt))) others.push(message);
      if (others.length > 0) await parts.unhandled.writeMany(others);
    },
  };
}
