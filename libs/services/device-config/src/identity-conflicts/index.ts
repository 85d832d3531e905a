export { identityConflicts } from './block';
export { type IdentityConflict } from './domain/identity-conflict';
export { conflictIn, type TakeOverRow } from './typeorm-take-overs';
