import type { v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/station-link';
import type { VatRegister } from './vat-register';

/** C18.FR.08 to C18.FR.10: a number is confirmed with whose it is; the EVSE is echoed. */
export function vatNumberValidation(register: VatRegister): DecideEach {
  return {
    shape: 'key',
    question: true,
    async decide({ payload: { vatNumber, evseId } }: StationMessage<v21.VatNumberValidationRequest>) {
      const company = await register.find(vatNumber);
      const answer: v21.VatNumberValidationResponse = {
        vatNumber,
        ...(evseId === undefined ? {} : { evseId }),
        ...(company === null ? { status: 'Rejected' } : { status: 'Accepted', company }),
      };
      return { payload: answer };
    },
  };
}
