import type { v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import type { VatRegister } from '../vat-register';

/** Longest VAT number that OCPP can echo; no country's is longer. */
const MAX_VAT_NUMBER = 20;

/** C18.FR.08 to C18.FR.10: a number is confirmed with whose it is; the EVSE is echoed. */
export function vatNumberValidation(register: VatRegister): DecideEach<v21.VatNumberValidationRequest, v21.VatNumberValidationResponse> {
  return {
    shape: 'key',
    question: true,
    async decide({ payload: { vatNumber, evseId } }: StationMessage<v21.VatNumberValidationRequest>) {
      const company = vatNumber.length > MAX_VAT_NUMBER ? null : await register.find(vatNumber);
      const answer: v21.VatNumberValidationResponse = {
        vatNumber: [...vatNumber].slice(0, MAX_VAT_NUMBER).join(''),
        ...(evseId === undefined ? {} : { evseId }),
        ...(company === null ? { status: 'Rejected' } : { status: 'Accepted', company }),
      };
      return { payload: answer };
    },
  };
}
