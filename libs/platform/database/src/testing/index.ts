export { declaredIn, outcomesOf, recordAsked } from './typeorm-merged-statements';
