export { CURRENCIES, minorDigits } from './currency';
export { appliedTariff, isFailedStart } from './failed-start';
export { free, negate, negateAmount, price, type Price, type SessionFacts } from './price';
export { ASSIGNMENT_KINDS, choose, groupKey, type AssignmentKind, type Choice, type Offer, type TariffAssignment } from './tariff-choice';
export { heldAt, heldSince, type Version } from './tariff-history';
export { termsOf, type TenantTerms, type Terms, type TermsSource } from './terms';
