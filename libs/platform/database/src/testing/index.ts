export { brokenByNewColumns } from './typeorm-newer-columns';
export { declaredIn, outcomesOf, recordAsked } from './typeorm-merged-statements';
