export { among, AMOUNT, beside, isReached, type Limit, type LimitKind, lowering, tighter } from './domain/limit';
export { amountSchema, limitSchema } from './http/limit';
export { TypeormLimits } from './store/typeorm-limits';
