export { free, negate, negateAmount, price, type Price, type SessionFacts } from './price';
export { minorDigits } from './currency';
