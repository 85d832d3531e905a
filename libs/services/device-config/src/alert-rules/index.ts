export { alertRules } from './block';
export type { AlertRule } from './domain/alert-rule';
export { alertFindings } from './store/typeorm-findings';
