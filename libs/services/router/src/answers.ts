import type { AnswerTable, DecideEach } from '@voltbus/station-link';

/** P02: no vendor's extension is known here. Every other action of this lane is one that no service claims: `NotImplemented`. */
const dataTransfer: DecideEach = { shape: 'key', decide: () => Promise.resolve({ payload: { status: 'UnknownVendorId' } }) };

export const answers: AnswerTable = { ocpp16: { DataTransfer: dataTransfer }, ocpp2: { DataTransfer: dataTransfer } };
