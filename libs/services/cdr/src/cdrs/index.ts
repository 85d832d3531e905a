export { cdrs } from './block';
export { cdrConfirmed, cdrHeld, cdrIssued } from './cdr-events';
export { OF_CDR } from './http/of-cdr';
export { bill, creditFor, standingOf, waiverOf } from './domain/bill';
export { EMPTY_HISTORY, type CdrHistory } from './domain/cdr-history';
export { type CdrUnit } from './store/typeorm-cdr-unit';
export { TypeormCdrs } from './store/typeorm-cdrs';
export { type TypeormHeldCdrs } from './store/typeorm-held-cdrs';
